package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
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
    void comparesNoDistillationSckdAndEachGatedMethodWithThePlainOne(BuiltInExperiment builtIn) {
        var experiment = ExperimentFile.read(builtIn.name(), List.of());

        assertThat(experiment.name()).isEqualTo(builtIn.name());
        var methods = experiment.byMethod();
        assertThat(methods.keySet()).startsWith("NOKD");
        assertThat(methods.get("NOKD").losses()).isEmpty();
        var gated = methods.get("SCKD");
        assertThat(gated.losses()).isNotEmpty();
        assertThat(gated.gate()).isEqualTo(new CosineGate(0));
        var plain = methods.values().stream()
                .filter(method -> method.gate().equals(new OpenGate(false)))
                .map(BuiltInExperimentTest::withoutGate)
                .toList();
        assertThat(methods.values())
                .filteredOn(method -> !method.losses().isEmpty())
                .allMatch(method -> plain.contains(withoutGate(method)));
    }

    private static List<Object> withoutGate(Experiment method) {
        return List.of(method.student(), method.supervised(), method.losses(), method.stages(), method.training());
    }

    /** Every graph is built, on noise of CIFAR's shape: layers, shapes and classes fit. */
    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void canBeTrained(BuiltInExperiment builtIn) {
        var overrides = ExperimentFile.read(builtIn.name(), List.of()).teachers().stream()
                .filter(teacher -> teacher.model() instanceof ModelSource.SavedModel)
                .map(teacher -> "teachers.%s.model=%s".formatted(teacher.name(), shared(teacher)))
                .toList();
        var experiment = withoutRepeats(ExperimentFile.read(builtIn.name(), overrides));
        var images = noise(experiment.data());
        assertThatCode(() -> Rehearsal.run(experiment, images, Models.readGiven(experiment, images.dataSet())))
                .doesNotThrowAnyException();
    }

    /** Of methods that differ in their gate alone the first, the plain one: the gated ones have the same layers and take more than twice the time. */
    private static Experiment withoutRepeats(Experiment experiment) {
        var graphs = new HashSet<Object>();
        var methods = new LinkedHashMap<String, Method>();
        experiment.byMethod().forEach((name, method) -> {
            if (graphs.add(List.of(method.student(), method.stages(), method.losses()))) {
                methods.put(name, experiment.methods().get(name));
            }
        });
        return experiment.with(experiment.name(), methods);
    }

    private static Path shared(TeacherSpec teacher) {
        return Shared.require("models/" + Path.of(teacher.model().text()).getFileName());
    }

    private static Images noise(DataSpec data) {
        int count = data.dataset().equals("cifar100") ? 100 : 10;
        var pixels = new byte[64 * 32 * 32 * 3];
        new Random(1).nextBytes(pixels);
        var images =
                new ImageSet(pixels, IntStream.range(0, 64).map(i -> i % count).toArray(), 32, 32, 3);
        var classes = IntStream.range(0, count).mapToObj(Integer::toString).toList();
        var half = List.of(.5f, .5f, .5f);
        var dataSet = new DataSet("noise", classes, images, images, new Normalization(half, half));
        return new Images(dataSet, new TrainingData(count, images, Optional.empty(), images, data.augment()));
    }

    @ParameterizedTest
    @MethodSource("sckd.experiment.BuiltInExperiment#all")
    void isDescribedByItsFirstLine(BuiltInExperiment builtIn) {
        assertThat(builtIn.text()).startsWith("# " + builtIn.description() + "\n");
        assertThat(builtIn.description()).matches("[A-Z].{20,160}\\.");
    }

    /** By name, or by the start that several share. */
    @Test
    void standInTheTableOfMethods() throws IOException {
        var builtIns = BuiltInExperiment.names();
        var named = Pattern.compile("`(quickstart|cifar[^`]+)`")
                .matcher(Files.readString(Path.of("docs/methods.md")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(builtIns).allMatch(builtIn -> named.stream().anyMatch(name -> isNamed(builtIn, name)));
        assertThat(named).allMatch(name -> builtIns.stream().anyMatch(builtIn -> isNamed(builtIn, name)));
    }

    private static boolean isNamed(String builtIn, String name) {
        return name.endsWith("…") ? builtIn.startsWith(name.replace("…", "")) : builtIn.equals(name);
    }
}
