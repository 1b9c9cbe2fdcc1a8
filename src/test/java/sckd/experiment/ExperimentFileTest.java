package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sckd.UserException;
import sckd.data.Cutout;
import sckd.data.HorizontalFlip;
import sckd.data.ImageReading;
import sckd.data.ImageSize;
import sckd.data.Normalization;
import sckd.data.RandomCrop;
import sckd.data.RecordFeatures;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.FitNetsLoss;
import sckd.distillation.L2Loss;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;
import sckd.distillation.PooledHead;
import sckd.distillation.SeparableHead;
import sckd.distillation.SoftCrossEntropyLoss;
import sckd.distillation.Temperature;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.InputSettings;
import sckd.savedmodel.Layout;
import sckd.savedmodel.ModelSettings;
import sckd.training.Adam;
import sckd.training.Schedule;
import sckd.training.Sgd;
import sckd.training.TrainingPlan;
import sckd.training.WeightDecay;

class ExperimentFileTest {
    @TempDir
    Path directory;

    @Test
    void bindsEveryKey() {
        var assistantTraining = new TrainingPlan(
                3,
                32,
                new Adam(0.001f, 0.8f, 0.99f, 1e-8f, new WeightDecay(0.02f, true)),
                new Schedule.WarmUp(0.5, new Schedule.Cosine()),
                OptionalDouble.of(5),
                1);
        var training = new TrainingPlan(
                20,
                64,
                new Sgd(0.05f, 0.9f, true, new WeightDecay(5e-4f, true)),
                new Schedule.WarmUp(1, new Schedule.Step(List.of(10, 15), 0.2)),
                OptionalDouble.of(2.5),
                3);
        var alphaTraining = new TrainingPlan(
                1,
                1,
                new Adam(0.01f, 0.9f, 0.999f, 1e-7f, new WeightDecay(0, false)),
                new Schedule.Constant(),
                OptionalDouble.empty(),
                2);
        var warmTraining = new TrainingPlan(
                4,
                2,
                new Adam(0.01f, 0.9f, 0.999f, 1e-7f, new WeightDecay(0, false)),
                new Schedule.Constant(),
                OptionalDouble.empty(),
                2);
        var nothing = new Changes(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        var half = List.of(0.5f, 0.5f, 0.5f);
        var quarter = List.of(0.25f, 0.25f, 0.25f);

        assertThat(Samples.read(Samples.FULL))
                .isEqualTo(new Experiment(
                        "cifar10-full",
                        7,
                        new DataSpec(
                                "cifar10",
                                Optional.of(Path.of("datasets/cifar-10-batches-bin")),
                                Optional.of(new ImageReading(
                                        Optional.of(new ImageSize(48, 64)),
                                        ImageReading.Fit.STRETCH,
                                        0.875f,
                                        1,
                                        0.1f,
                                        5,
                                        true,
                                        new RecordFeatures(
                                                "pixels",
                                                "class",
                                                "name",
                                                1,
                                                Optional.of(new RecordFeatures.RawShape(8, 8, 3))))),
                                List.of(new RandomCrop(2), new HorizontalFlip(), new Cutout(8, Cutout.Fill.BLACK)),
                                Optional.of(8),
                                Optional.of(10000),
                                Optional.of(500),
                                100),
                        new StudentSpec(
                                new ModelSource.SavedModel(Path.of("savedmodels/small")),
                                new ModelSettings(
                                        Optional.of(List.of("serve", "gpu")),
                                        Optional.of("classify"),
                                        new InputSettings(
                                                Optional.of("x"),
                                                Optional.of(new Normalization(1, half, quarter)),
                                                Optional.of(new sckd.savedmodel.ImageSize(48, 32)),
                                                Optional.of(Layout.NCHW),
                                                Optional.of(ChannelOrder.BGR),
                                                Map.of("place", .5)),
                                        Optional.of("dense/BiasAdd:0"),
                                        List.of("cat", "dog"),
                                        Optional.of(0.9f),
                                        Set.of("PyFunc")),
                                List.of(new NamedHead("early", new SeparableHead(2), "relu1", 0.7f))),
                        List.of(
                                new TeacherSpec(
                                        "resnet56",
                                        new ModelSource.SavedModel(Path.of("savedmodels/resnet56-cifar10")),
                                        ModelSettings.ofScaling(new Normalization(
                                                List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f))),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        true),
                                new TeacherSpec(
                                        "assistant",
                                        new ModelSource.ZooModel("resnet8"),
                                        ModelSettings.NONE,
                                        List.of(new NamedHead("middle", new PooledHead(), "stage2", 1)),
                                        Optional.of(new Supervised(0.25f)),
                                        Optional.of(List.of(new DistillationTerm(
                                                "assist",
                                                new OutputLoss(3),
                                                "resnet56",
                                                Optional.empty(),
                                                Optional.empty(),
                                                0.75f))),
                                        Optional.of(new CosineGate(0.2f)),
                                        Optional.of(assistantTraining),
                                        false)),
                        new Supervised(0.5f),
                        List.of(
                                new DistillationTerm(
                                        "output",
                                        new OutputLoss(2),
                                        "resnet56",
                                        Optional.empty(),
                                        Optional.empty(),
                                        0.9f),
                                new DistillationTerm(
                                        "hint",
                                        new FitNetsLoss(),
                                        "resnet56",
                                        Optional.of("layer2_8"),
                                        Optional.of("stage2"),
                                        100),
                                new DistillationTerm(
                                        "same",
                                        new L2Loss(),
                                        "assistant",
                                        Optional.of("stage3"),
                                        Optional.of("stage3"),
                                        1),
                                new DistillationTerm(
                                        "own",
                                        new SoftCrossEntropyLoss(new Temperature(1, 4)),
                                        "self",
                                        Optional.empty(),
                                        Optional.of("heads/early/logits"),
                                        1)),
                        new CosineGate(-0.1f),
                        training,
                        List.of(
                                new StageSpec(
                                        "warm",
                                        new Changes(
                                                Optional.of(new Supervised(0)),
                                                Optional.of(List.of(new DistillationTerm(
                                                        "late",
                                                        new L2Loss(),
                                                        "assistant",
                                                        Optional.of("stage3"),
                                                        Optional.of("stage3"),
                                                        1))),
                                                Optional.of(new OpenGate(false)),
                                                Optional.of(warmTraining))),
                                new StageSpec("bare", nothing)),
                        Map.of(
                                "ZULU",
                                new Method(
                                        Optional.empty(),
                                        new Changes(
                                                nothing.supervised(),
                                                Optional.of(List.of()),
                                                nothing.gate(),
                                                nothing.training()),
                                        Optional.of(List.of()),
                                        Optional.empty()),
                                "BLKD",
                                new Method(
                                        Optional.empty(),
                                        new Changes(
                                                Optional.of(new Supervised(0.1f)),
                                                nothing.losses(),
                                                Optional.of(new OpenGate(false)),
                                                nothing.training()),
                                        Optional.empty(),
                                        Optional.of("As in the paper.")),
                                "ALPHA",
                                new Method(
                                        Optional.of(new StudentSpec(
                                                new ModelSource.ZooModel("plain-cnn-4"),
                                                ModelSettings.NONE,
                                                List.of())),
                                        new Changes(
                                                nothing.supervised(),
                                                nothing.losses(),
                                                nothing.gate(),
                                                Optional.of(alphaTraining)),
                                        Optional.empty(),
                                        Optional.empty()))));
    }

    @Test
    void fillsInDefaults() {
        var experiment = Samples.read(Samples.MINIMAL);

        assertThat(experiment)
                .isEqualTo(new Experiment(
                        "minimal",
                        1,
                        new DataSpec(
                                "shapes",
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                0),
                        new StudentSpec(new ModelSource.ZooModel("plain-cnn-2"), ModelSettings.NONE, List.of()),
                        List.of(),
                        new Supervised(1),
                        List.of(),
                        new CosineGate(0),
                        new TrainingPlan(
                                2,
                                8,
                                new Sgd(0.1f, 0, false, new WeightDecay(0, false)),
                                new Schedule.Constant(),
                                OptionalDouble.empty(),
                                2),
                        List.of(),
                        Map.of()));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void writesWhatReadsBackAsAnEqualExperiment(String text) {
        var experiment = Samples.read(text);

        var again = Samples.read(ExperimentFile.toYaml(experiment));

        assertThat(again).isEqualTo(experiment);
        assertThat(again.methods().keySet())
                .containsExactlyElementsOf(experiment.methods().keySet());
    }

    static List<String> texts() {
        return Stream.concat(
                        Stream.of(Samples.MINIMAL, Samples.FULL),
                        BuiltInExperiment.all().stream().map(BuiltInExperiment::text))
                .toList();
    }

    @Test
    void writesDefaultsAndNumbersAsAReaderWouldWriteThem() {
        assertThat(ExperimentFile.toYaml(Samples.read(Samples.MINIMAL)))
                .isEqualTo(
                        """
                        # The experiment as it was run: defaults and overrides included.
                        name: minimal
                        seed: 1
                        data:
                          dataset: shapes
                          augment: []
                          validation: 0
                        student: {model: 'zoo:plain-cnn-2'}
                        teachers: []
                        supervised: {weight: 1.0}
                        losses: []
                        gate: {kind: cosine, threshold: 0.0, adapters: gated}
                        training:
                          epochs: 2
                          batch-size: 8
                          optimizer: {kind: sgd, learning-rate: 0.1, momentum: 0.0, nesterov: false, weight-decay: 0.0, decoupled-weight-decay: false}
                          schedule: {kind: constant, warmup-epochs: 0.0}
                          keep-checkpoints: 2
                        stages: []
                        methods: {}
                        """);
    }

    @Test
    void oneTeacherOfALossIsWrittenByItsName() {
        var text = Samples.MINIMAL
                + """
                teachers: [{name: one, model: savedmodels/one}, {name: two, model: savedmodels/two}]
                losses:
                  - {name: a, kind: output, teacher: one}
                  - {name: b, kind: output, teacher: [one, two]}
                  - {name: c, kind: output, teacher: [two]}
                """;
        assertThat(Samples.read(text).losses())
                .extracting(DistillationTerm::teachers)
                .containsExactly(List.of("one"), List.of("one", "two"), List.of("two"));
        var written = ExperimentFile.toYaml(Samples.read(text));
        assertThat(written)
                .contains("teacher: one,")
                .contains("teacher: [one, two]")
                .contains("teacher: two,");
        assertThat(Samples.read(written)).isEqualTo(Samples.read(text));
    }

    @Test
    void readsAFile() throws IOException {
        var file = Files.writeString(directory.resolve("mine.yaml"), Samples.MINIMAL);

        assertThat(ExperimentFile.read(file.toString(), List.of("seed=5")))
                .isEqualTo(ExperimentFile.read(file, List.of("seed=5")))
                .extracting(Experiment::seed)
                .isEqualTo(5L);
    }

    @Test
    void readsABuiltInExperimentByName() {
        assertThat(ExperimentFile.read("quickstart", List.of()).name()).isEqualTo("quickstart");
    }

    @Test
    void namesTheNearestBuiltInExperimentWhereThereIsNoFile() {
        assertFault(
                "quickstrat", "no file 'quickstrat', and no built-in experiment has that name; nearest: quickstart");
    }

    @Test
    void refusesADirectory() {
        assertFault(directory.toString(), directory + " is a directory; expected an experiment's YAML file");
    }

    @Test
    void refusesAHugeFile() throws IOException {
        var file = Files.write(directory.resolve("huge.yaml"), new byte[(1 << 20) + 1]);

        assertFault(file.toString(), file + " has 1048577 bytes; expected an experiment of at most 1048576");
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        var file = Files.write(directory.resolve("latin1.yaml"), "name: é".getBytes(StandardCharsets.ISO_8859_1));

        assertFault(file.toString(), file + " is no UTF-8 text; expected an experiment's YAML file");
    }

    private static void assertFault(String nameOrFile, String message) {
        assertThatThrownBy(() -> ExperimentFile.read(nameOrFile, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }
}
