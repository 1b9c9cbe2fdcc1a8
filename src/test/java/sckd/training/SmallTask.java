package sckd.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import sckd.data.Augmentation;
import sckd.data.HorizontalFlip;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.data.RandomCrop;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.FitNetsLoss;
import sckd.distillation.OutputLoss;
import sckd.savedmodel.ClassifierModel;
import sckd.zoo.Zoo;

/**
 * A training with all that a step can have, small: a plain CNN with batch norm learns 8×8 noise images by heart from a larger one, by output and
 * by a FitNets hint with its adapter, gated, augmented. 22 images in batches of 5: five steps an epoch, the last short.
 */
final class SmallTask {
    static final int STEPS_IN_EPOCH = 5;
    static final int CLASSES = 6;
    static final Sgd SGD = new Sgd(0.05f, 0.9f, false, new WeightDecay(1e-3f, false));
    private static final Normalization INPUT = new Normalization(List.of(.5f, .5f, .5f), List.of(.25f, .25f, .25f));

    private SmallTask() {}

    static ImageSet images(int count, long seed) {
        var random = new Random(seed);
        var pixels = new byte[count * 8 * 8 * 3];
        random.nextBytes(pixels);
        return new ImageSet(pixels, random.ints(count, 0, CLASSES).toArray(), 8, 8, 3);
    }

    static TrainingPlan plan(int epochs, Optimizer optimizer) {
        return new TrainingPlan(
                epochs, 5, optimizer, new Schedule.WarmUp(0.5, new Schedule.Cosine()), OptionalDouble.of(2), 2);
    }

    /** Trained with all. */
    static TrainingTask full(Path models, TrainingPlan plan) {
        var none = Optional.<String>empty();
        var terms = List.of(
                new DistillationTerm("output", new OutputLoss(4), "teacher", none, none, 0.9f),
                new DistillationTerm(
                        "hint", new FitNetsLoss(), "teacher", Optional.of("stage2"), Optional.of("stage1"), 0.5f));
        return task(models, data(List.of(new RandomCrop(1), new HorizontalFlip())), terms, plan);
    }

    /** The student alone. */
    static TrainingTask alone(Path models, TrainingPlan plan) {
        return task(models, data(List.of()), List.of(), plan);
    }

    static TrainingTask task(Path models, TrainingData data, List<DistillationTerm> terms, TrainingPlan plan) {
        var teachers = terms.isEmpty() ? List.<NamedModel>of() : List.of(zoo(models, "teacher", "plain-cnn-4"));
        var student = zoo(models, "student", "plain-cnn-2");
        return new TrainingTask(3, data, student, teachers, 1, terms, new CosineGate(0), plan);
    }

    static TrainingData data(List<Augmentation> augmentations) {
        return new TrainingData(CLASSES, images(22, 1), Optional.empty(), images(9, 2), augmentations);
    }

    /** Made at its first use in a test. */
    static NamedModel zoo(Path models, String name, String architecture) {
        var directory = models.resolve(name);
        if (!directory.toFile().exists()) {
            Zoo.create(architecture, CLASSES, List.of(8, 8, 3), name.length(), directory);
        }
        return new NamedModel(name, ClassifierModel.read(directory), INPUT);
    }
}
