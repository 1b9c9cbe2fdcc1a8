package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.distillation.DistillationLoss;
import sckd.distillation.Knowledge;
import sckd.experiment.Experiment;
import sckd.experiment.ExperimentFile;
import sckd.experiment.ExperimentRun;
import sckd.experiment.LossKind;
import sckd.experiment.RunDirectory;
import sckd.experiment.RunExport;
import sckd.experiment.RunListener;
import sckd.report.RunSummary;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelImport.Existing;
import sckd.training.EpochRecord;
import sckd.training.StepRecord;
import sckd.training.TrainingListener;
import sckd.training.TrainingStopped;
import sckd.yaml.Section;
import sckd.zoo.Zoo;
import sckd.zoo.ZooEntry;

/** What docs/extend.md shows, as a user of the library does it: nothing but the public API is in reach of this package. */
class ExtendTest {
    private static final Path PAGE = Path.of("docs/extend.md");
    private static final Path SOURCES = Path.of("src/test/java/example");
    private static final Path SERVICES = Path.of("src/test/example/META-INF/services");

    @TempDir
    private static Path directory;

    private static final ClassLoader BEFORE = Thread.currentThread().getContextClassLoader();

    /** As a class path that holds the services too: other tests are to see the built-in parts alone. */
    @BeforeAll
    static void findServices() throws IOException {
        Thread.currentThread()
                .setContextClassLoader(withServices(SERVICES.getParent().getParent()));
    }

    @AfterAll
    static void forgetServices() {
        Thread.currentThread().setContextClassLoader(BEFORE);
    }

    private static ClassLoader withServices(Path root) throws IOException {
        return new URLClassLoader(new URL[] {root.toUri().toURL()}, BEFORE);
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static Experiment experiment(String... overrides) throws IOException {
        var file =
                Files.writeString(directory.resolve("mine.yaml"), blocks("yaml").get(0));
        return ExperimentFile.read(file, List.of(overrides));
    }

    private static List<RunSummary> run(String name, Experiment experiment, Heard heard, BooleanSupplier stop) {
        return ExperimentRun.run(experiment, new RunDirectory(directory.resolve(name)), heard, stop);
    }

    @Test
    void thePageShowsTheSources() throws IOException {
        var shown = new ArrayList<String>();
        for (var name : List.of("RunExperiment", "HuberLoss", "SoftGate", "SteadyGate", "StridedCnn")) {
            shown.add(Files.readString(SOURCES.resolve(name + ".java")));
        }
        assertThat(blocks("java")).containsExactlyElementsOf(shown);
    }

    @Test
    void thePageShowsTheServices() throws IOException {
        try (var files = Files.list(SERVICES)) {
            for (var file : files.toList()) {
                assertThat(Files.readString(PAGE))
                        .containsPattern("echo '\\Q%s\\E' *> my-parts/META-INF/services/\\Q%s\\E\n"
                                .formatted(Files.readString(file).strip(), file.getFileName()));
            }
        }
    }

    @Test
    void trainsResumesByTheMainOfThePageToTheSameBitsAndExports() throws IOException {
        var experiment = experiment("seed=7");
        var heard = new Heard();
        var rows = run("whole", experiment, heard, () -> false);
        assertThat(rows).extracting(RunSummary::steps).containsExactly(3L, 6L);
        assertThat(rows.get(1).openRates().keySet()).containsExactly("logits", "hint");
        var gated = heard.steps.subList(3, 9); // after the teacher's
        for (var step : gated) {
            for (var loss : step.losses()) {
                assertThat(loss.gate()).isCloseTo((float) (1 / (1 + Math.exp(-5 * loss.cosine()))), within(1e-5f));
            }
        }

        assertThatThrownBy(() -> run("stopped", experiment, new Heard(), stopAt(7)))
                .isInstanceOf(TrainingStopped.class);
        RunExperiment.main(new String[] {
            directory.resolve("mine.yaml").toString(),
            directory.resolve("stopped").toString()
        });
        var weights = "student/variables/variables.data-00000-of-00001";
        assertThat(directory.resolve("stopped").resolve(weights))
                .hasSameBinaryContentAs(directory.resolve("whole").resolve(weights));

        var target = directory.resolve("exported");
        RunExport.write(directory.resolve("whole"), target, Existing.REFUSE);
        assertThat(ClassifierModel.read(target).features()).containsKeys("conv1", "conv2", "pooled");
    }

    private static BooleanSupplier stopAt(int step) {
        var asked = new int[1];
        return () -> ++asked[0] == step;
    }

    @Test
    void anExperimentIsWrittenAndReadBack() throws IOException {
        var experiment = experiment();
        assertThat(experiment.losses().get(0).loss()).isEqualTo(new HuberLoss(2));
        assertThat(experiment.gate()).isEqualTo(new SoftGate(5));
        var file = Files.writeString(directory.resolve("again.yaml"), ExperimentFile.toYaml(experiment));
        assertThat(ExperimentFile.read(file, List.of())).isEqualTo(experiment);
    }

    @Test
    void faultsAreToldAsThoseOfBuiltInParts() {
        assertThatThrownBy(() -> experiment("losses.logits.delta=0"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("losses[0]: delta is 0.0; expected more than 0");
        assertThatThrownBy(() -> experiment("losses.logits.detla=1")).hasMessageContaining("nearest: delta");
        assertThatThrownBy(() -> experiment("gate.kind=hard")).hasMessageContaining("schedule, soft, weighted");
        assertThatThrownBy(() -> experiment("student.model=zoo:strided-cn"))
                .hasMessageContaining("unknown architecture 'strided-cn'; nearest: strided-cnn");
    }

    @Test
    void theLossIsHubers() {
        float[][] student = {{0, 3}, {-1, .5f}};
        float[][] teacher = {{.5f, 0}, {1, .25f}};
        // differences 0.5, 3, 2, 0.25 at δ = 1
        double expected = (.5 * .5 / 2 + (3 - .5) + (2 - .5) + .25 * .25 / 2) / 4;
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var knowledge = new Knowledge(
                    tf.constant(student), tf.constant(teacher), tf.constant(new int[] {0, 1}), tf.constant(1f));
            var loss = new HuberLoss(1).build(tf, "huber", knowledge, 0).loss();
            try (var result = session.runner().fetch(loss).run()) {
                assertThat(((TFloat32) result.get(0)).getFloat()).isCloseTo((float) expected, within(1e-6f));
            }
        }
    }

    @Test
    void theArchitectureIsListedWithWhatItCosts() {
        long parameters = 9 * 3 * 16 + 2 * 16 + 9 * 16 * 32 + 2 * 32 + 32 * 10 + 10;
        long multiplyAdds = 2 * 2 * 9 * 3 * 16 + 1 * 9 * 16 * 32 + 32 * 10; // most others need larger images
        assertThat(Zoo.list(10, List.of(4, 4, 3))).endsWith(new ZooEntry("strided-cnn", parameters, multiplyAdds));
        assertThat(Zoo.rules()).contains("strided-cnn");
    }

    /** Named {@code output}, as a built-in loss is. */
    public static final class Taken implements LossKind {
        @Override
        public String name() {
            return "output";
        }

        @Override
        public Section<? extends DistillationLoss> section() {
            return new HuberLoss.Kind().section();
        }
    }

    /** Named {@code huber}, as another is. */
    public static final class Twice implements LossKind {
        @Override
        public String name() {
            return "huber";
        }

        @Override
        public Section<? extends DistillationLoss> section() {
            return new HuberLoss.Kind().section();
        }
    }

    @Test
    void whatCannotBeUsedIsToldInOneLine() throws IOException {
        var refused = Map.of(
                "example.ExtendTest$Taken",
                "loss 'output' of example.ExtendTest$Taken: the name is a built-in one's; choose another",
                "example.HuberLoss$Kind\nexample.ExtendTest$Twice",
                "loss 'huber' of example.ExtendTest$Twice: the name is that of example.HuberLoss$Kind as well; choose another",
                "example.Missing",
                "an extension cannot be loaded: sckd.experiment.LossKind: Provider example.Missing not found");
        var usual = Thread.currentThread().getContextClassLoader();
        try {
            for (var services : refused.entrySet()) {
                var root = Files.createTempDirectory(directory, "services");
                var file = root.resolve("META-INF/services/" + LossKind.class.getName());
                Files.createDirectories(file.getParent());
                Files.writeString(file, services.getKey());
                Thread.currentThread().setContextClassLoader(withServices(root));
                assertThatThrownBy(() -> experiment())
                        .isInstanceOf(UserException.class)
                        .hasMessage(services.getValue());
            }
        } finally {
            Thread.currentThread().setContextClassLoader(usual);
        }
    }

    /** Keeps the steps. */
    private static final class Heard implements RunListener, TrainingListener {
        private final List<StepRecord> steps = new ArrayList<>();

        @Override
        public void message(String line) {}

        @Override
        public TrainingListener training(String stage, int epochs) {
            return this;
        }

        @Override
        public void finished(RunSummary summary) {}

        @Override
        public void step(StepRecord record, long images, long total) {
            steps.add(record);
        }

        @Override
        public void epoch(EpochRecord record) {}
    }
}
