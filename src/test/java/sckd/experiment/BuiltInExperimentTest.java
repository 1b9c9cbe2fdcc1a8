package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sckd.Shared;
import sckd.data.DataSet;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.distillation.CosineGate;
import sckd.distillation.OpenGate;
import sckd.training.TrainingData;

class BuiltInExperimentTest {
    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void comparesNoDistillationPlainDistillationAndSckd(BuiltInExperiment builtIn) {
        var experiment = ExperimentFile.read(builtIn.name(), List.of());

        assertThat(experiment.name()).isEqualTo(builtIn.name());
        var methods = experiment.byMethod();
        assertThat(methods.keySet()).startsWith("NOKD");
        assertThat(methods.get("NOKD").losses()).isEmpty();
        var gated = methods.get("SCKD");
        assertThat(gated.losses()).isNotEmpty();
        assertThat(gated.gate()).isEqualTo(new CosineGate(0));
        assertThat(methods.values())
                .filteredOn(method -> method.gate().equals(new OpenGate(false)))
                .filteredOn(method -> method.losses().equals(gated.losses()))
                .isNotEmpty();
    }

    /** Every graph is built, on noise of CIFAR-10's shape: layers, shapes and classes fit. */
    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void canBeTrained(BuiltInExperiment builtIn) {
        var overrides = ExperimentFile.read(builtIn.name(), List.of()).teachers().stream()
                .filter(teacher -> teacher.model() instanceof ModelSource.SavedModel)
                .map(teacher -> "teachers.%s.model=%s".formatted(teacher.name(), shared(teacher)))
                .toList();
        var experiment = ExperimentFile.read(builtIn.name(), overrides);
        var images = noise();
        assertThatCode(() -> Rehearsal.run(experiment, images, Models.readGiven(experiment, images.dataSet())))
                .doesNotThrowAnyException();
    }

    private static Path shared(TeacherSpec teacher) {
        return Shared.require("models/" + Path.of(teacher.model().text()).getFileName());
    }

    private static Images noise() {
        var pixels = new byte[64 * 32 * 32 * 3];
        new Random(1).nextBytes(pixels);
        var images =
                new ImageSet(pixels, IntStream.range(0, 64).map(i -> i % 10).toArray(), 32, 32, 3);
        var classes = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        var half = List.of(.5f, .5f, .5f);
        var dataSet = new DataSet("noise", classes, images, images, new Normalization(half, half));
        return new Images(dataSet, new TrainingData(10, images, Optional.empty(), images, List.of()));
    }

    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void isDescribedByItsFirstLine(BuiltInExperiment builtIn) {
        assertThat(builtIn.text()).startsWith("# " + builtIn.description() + "\n");
        assertThat(builtIn.description()).matches("[A-Z].{20,160}\\.");
    }
}
