package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.Shared;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OutputLoss;
import sckd.savedmodel.ClassifierModel;
import sckd.zoo.Zoo;

/** A published model teaches for 20 steps. */
class WildTeacherTest {
    private static final Normalization INPUT = new Normalization(List.of(.5f), List.of(.5f));
    private static final int CLASSES = 10;

    @TempDir
    private Path directory;

    /** Made for 6 images, in batches of 16, the last of each epoch shorter. */
    @Test
    void aModelMadeForSixImagesTeachesBatchesOfSixteen() throws IOException {
        var teacher = new NamedModel("teacher", ClassifierModel.read(Shared.require("models/wild/onnx-lenet")), INPUT);
        var random = new Random(4);
        var pixels = new byte[75 * 28 * 28];
        random.nextBytes(pixels);
        var images = new ImageSet(pixels, random.ints(75, 0, CLASSES).toArray(), 28, 28, 1);
        Zoo.create("plain-cnn-2", CLASSES, List.of(28, 28, 1), 1, directory.resolve("zoo"));
        var student = new NamedModel("student", ClassifierModel.read(directory.resolve("zoo")), INPUT);
        var none = Optional.<String>empty();
        var listener = new RecordingListener();
        Trainer.train(
                new TrainingTask(
                        3,
                        new TrainingData(CLASSES, images, Optional.empty(), images, List.of()),
                        student,
                        List.of(teacher),
                        1,
                        List.of(new DistillationTerm("output", new OutputLoss(4), "teacher", none, none, 1)),
                        new CosineGate(0),
                        new TrainingPlan(
                                4,
                                16,
                                new Sgd(.05f, .9f, false, new WeightDecay(0, false)),
                                new Schedule.Constant(),
                                OptionalDouble.empty(),
                                1)),
                Files.createDirectory(directory.resolve("run")),
                listener,
                () -> false);
        assertThat(listener.steps).hasSize(20);
        assertThat(listener.steps.get(19).losses().get(0).loss())
                .isLessThan(listener.steps.get(0).losses().get(0).loss());
    }
}
