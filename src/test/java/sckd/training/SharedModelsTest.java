package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.Shared;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OutputLoss;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.Inspection;
import sckd.savedmodel.ModelImport;
import sckd.savedmodel.ModelSettings;
import sckd.savedmodel.StudentExport;
import sckd.zoo.Zoo;

/** Every model that is at hand goes the whole way: inspected, imported, evaluated, 20 steps as a teacher, 20 as a student, exported, read again. */
class SharedModelsTest {
    private static final int STEPS = 20;

    @TempDir
    private Path directory;

    /** Image sizes, classes, images in a step (a fixed batch wants its own). */
    @ParameterizedTest
    @CsvSource({
        "resnet20-cifar10, 32, 32, 3, 10, 4",
        "resnet32-cifar10, 32, 32, 3, 10, 4",
        "resnet44-cifar10, 32, 32, 3, 10, 4",
        "resnet56-cifar10, 32, 32, 3, 10, 4",
        "wild/tf1-cifar, 32, 32, 3, 10, 4",
        "wild/tf1-softmax, 28, 28, 1, 10, 4",
        "wild/tf1-teachable-machine, 224, 224, 3, 4, 2",
        "wild/keras2-mlp, 28, 28, 1, 10, 4",
        "wild/keras2-cifar10, 32, 32, 3, 10, 4",
        "wild/keras2-kws-dscnn, 49, 10, 1, 12, 4",
        "wild/keras2-potato, 256, 256, 3, 3, 2",
        "wild/module-ondevice, 28, 28, 1, 10, 4",
        "wild/onnx-lenet, 28, 28, 1, 10, 6",
        "wild/keras3-digits, 28, 28, 1, 10, 4",
        "wild/keras3-scenes, 150, 150, 3, 6, 2"
    })
    void goesTheWholeWay(String name, int height, int width, int channels, int classes, int batch) {
        var source = Shared.require("models/" + name);
        assertThat(Inspection.of(source).faults()).isEmpty();

        var place = directory.resolve("imported");
        var constants = name.contains("onnx") ? ModelImport.Constants.TRAIN : ModelImport.Constants.KEEP;
        var imported = new ModelImport(source, place, ModelSettings.NONE, ModelImport.Existing.REFUSE).run(constants);
        assertThat(imported.classes()).isEqualTo(classes);

        var model = new NamedModel("model", imported.model(), scaling(imported.model(), channels));
        var images = images(STEPS * batch, height, width, channels, classes);
        var result = Evaluation.run(model, images.head(batch + 1), classes);
        assertThat(result.loss()).isFinite();

        var data = new TrainingData(classes, images, Optional.empty(), images.head(batch), List.of());
        var small = small(height, width, channels, classes);
        assertThat(train(new NamedModel("small", small, model.input()), model, data, batch, "taught"))
                .isEqualTo(STEPS);
        assertThat(train(model, new NamedModel("teacher", imported.model(), model.input()), data, batch, "trained"))
                .isEqualTo(STEPS);
    }

    private static Normalization scaling(ClassifierModel model, int channels) {
        var unit = Collections.nCopies(channels, .5f);
        return model.input().takesPixels() ? Normalization.OF_PIXELS : new Normalization(unit, unit);
    }

    private ClassifierModel small(int height, int width, int channels, int classes) {
        var target = directory.resolve("small");
        Zoo.create("plain-cnn-2", classes, List.of(height, width, channels), 1, target);
        return ClassifierModel.read(target);
    }

    /** Trains, exports, and reads what was exported; the steps done. */
    private long train(NamedModel student, NamedModel teacher, TrainingData data, int batch, String name) {
        var none = Optional.<String>empty();
        var term = new DistillationTerm("output", new OutputLoss(4), teacher.name(), none, none, .5f);
        var plan = new TrainingPlan(
                1,
                batch,
                new Sgd(1e-4f, .9f, false, new WeightDecay(0, false)),
                new Schedule.Constant(),
                OptionalDouble.of(1),
                1);
        var task = new TrainingTask(1, data, student, List.of(teacher), 1, List.of(term), new CosineGate(0), plan);
        var place = directory.resolve(name);
        place.toFile().mkdir();
        var result = Trainer.train(task, place, new RecordingListener(), () -> false);
        var target = directory.resolve(name + "-exported");
        StudentExport.write(
                student.model(),
                result.checkpoint().bundle(),
                TrainingTask.STUDENT,
                target,
                ModelImport.Existing.REFUSE);
        assertThat(ClassifierModel.read(target).variables())
                .isEqualTo(student.model().variables());
        return result.steps();
    }

    private static ImageSet images(int count, int height, int width, int channels, int classes) {
        var random = new Random(1);
        var pixels = new byte[count * height * width * channels];
        random.nextBytes(pixels);
        return new ImageSet(pixels, random.ints(count, 0, classes).toArray(), height, width, channels);
    }
}
