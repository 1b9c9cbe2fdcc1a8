package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static sckd.training.PlainDescent.dot;
import static sckd.training.PlainHeadTraining.HEAD_WEIGHT;
import static sckd.training.PlainHeadTraining.LOSS_WEIGHT;
import static sckd.training.PlainHeadTraining.PARAMETERS;
import static sckd.training.PlainHeadTraining.SUPERVISED_WEIGHT;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.autodiff.TestGraph;
import sckd.data.EpochOrder;
import sckd.data.ImageSet;
import sckd.distillation.AdaptersAlwaysLearn;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenGate;
import sckd.distillation.OpenRates;
import sckd.distillation.OutputLoss;
import sckd.distillation.PerVariableGate;
import sckd.distillation.PooledHead;
import sckd.distillation.ProjectGate;
import sckd.distillation.ScaledGate;
import sckd.distillation.ScheduleGate;
import sckd.distillation.SoftCrossEntropyLoss;
import sckd.distillation.Temperature;
import sckd.training.PlainDescent.Decision;
import sckd.training.PlainDescent.Factors;

/** Self-distillation into a head against the algorithm by hand. */
class HeadTrainingTest {
    private static final long SEED = 5;
    private static final int IMAGES = 10;
    private static final int EPOCHS = 2;
    private static final int BATCH = 4;
    /** Those of the student, then the head's kernel and bias. */
    private static final int VALUES = PARAMETERS + 2;

    private static final Temperature RISING = new Temperature(1, 4);
    private static final NamedHead HEAD = new NamedHead("early", new PooledHead(), "hidden", HEAD_WEIGHT);

    @TempDir
    private Path directory;

    @Test
    void aGateThatIsOpenLetsTheLossIntoStudentAndHead() {
        check(new OpenGate(false), (supervised, loss) -> factors(SUPERVISED_WEIGHT, 1));
    }

    @Test
    void aGateDecidesForStudentAndHead() {
        check(new CosineGate(0), (supervised, loss) -> factors(SUPERVISED_WEIGHT, dot(supervised, loss) > 0 ? 1 : 0));
    }

    @Test
    void aHeadIsNoAdapterThatAlwaysLearns() {
        check(new AdaptersAlwaysLearn(new CosineGate(1)), (supervised, loss) -> factors(SUPERVISED_WEIGHT, 0));
    }

    @Test
    void aProjectionIsOfTheStudentAlone() {
        check(
                new ProjectGate(),
                (supervised, loss) -> factors(
                        SUPERVISED_WEIGHT
                                - LOSS_WEIGHT * Math.min(0, dot(supervised, loss)) / dot(supervised, supervised),
                        1));
    }

    /** One backward pass of the sum: the head has its share of what is let in, and all of its own loss. */
    @Test
    void aGateThatIsPartlyOpenIsSoForStudentAndHead() {
        check(new ScaledGate(new OpenRates.Fixed(.25f)), (supervised, loss) -> factors(SUPERVISED_WEIGHT, .25));
    }

    @Test
    void aScheduleIsOneForStudentAndHead() {
        var step = new int[1];
        check(
                new ScheduleGate(ScheduleGate.Shape.LINEAR, 4, 1.5f, 0),
                (supervised, loss) -> factors(SUPERVISED_WEIGHT, 1.5 * (1 - step[0]++ / 3.0 / 4)));
    }

    /** Of those that the loss reaches. */
    @Test
    void aHeadHasTheMeanOfTheGatesOfVariables() {
        var means = new HashSet<Double>();
        check(new PerVariableGate(0), PlainDescent.byVariable(LOSS_WEIGHT, mean -> {
            means.add(mean);
            return factors(SUPERVISED_WEIGHT, mean);
        }));
        assertThat(means).anyMatch(mean -> mean > 0 && mean < 1);
    }

    /** @param supervised w_S of the student; of the head it is what it is */
    private static Factors factors(double supervised, double gate) {
        var ofSupervised = new double[VALUES];
        Arrays.fill(ofSupervised, 0, PARAMETERS, supervised);
        Arrays.fill(ofSupervised, PARAMETERS, VALUES, SUPERVISED_WEIGHT);
        var ofLoss = new double[VALUES];
        Arrays.fill(ofLoss, gate * LOSS_WEIGHT);
        return new Factors(ofSupervised, ofLoss);
    }

    /** For weights that open a gate at 0 in some steps and close it in others. */
    private void check(Gate gate, Decision decision) {
        long seed = 2;
        var task = task(seed, gate, EPOCHS, BATCH);
        var heard = new RecordingListener();
        directory.resolve("run").toFile().mkdir();
        var result = Trainer.train(task, directory.resolve("run"), heard, () -> false);
        var plain = new PlainHeadTraining(TwoLayers.random(seed), firstValues());
        var expected = new ArrayList<PlainHeadTraining.Step>();
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            double temperature = 1 + 3.0 * epoch / EPOCHS;
            for (var batch : new EpochOrder(IMAGES, SEED).batches(epoch, BATCH)) {
                expected.add(plain.step(images(seed, batch), labels(seed, batch), temperature, decision));
            }
        }
        assertThat(expected).anyMatch(step -> step.cosine() > .01).anyMatch(step -> step.cosine() < -.01);
        assertThat(heard.steps).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            checkRecord(heard.steps.get(i), expected.get(i));
        }
        var names = new ArrayList<>(
                TwoLayers.NAMES.stream().map(name -> "student/" + name).toList());
        names.addAll(List.of("heads/early/classifier/kernel", "heads/early/classifier/bias"));
        assertThat(result.heads()).isEqualTo(names.subList(4, 6));
        for (int v = 0; v < names.size(); v++) {
            assertThat(CheckpointValues.read(result.checkpoint().bundle(), names.get(v)))
                    .as(names.get(v))
                    .usingComparatorWithPrecision(1e-5)
                    .containsExactly(plain.values().get(v));
        }
    }

    private static void checkRecord(StepRecord record, PlainHeadTraining.Step expected) {
        assertThat((double) record.supervisedLoss()).isCloseTo(expected.supervised(), within(1e-5));
        assertThat((double) record.heads().get(0).loss()).isCloseTo(expected.head(), within(1e-5));
        assertThat((double) record.heads().get(0).accuracy()).isCloseTo(expected.accuracyOfHead(), within(1e-6));
        assertThat(record.heads().get(0).name()).isEqualTo("early");
        var loss = record.losses().get(0);
        assertThat((double) loss.loss()).isCloseTo(expected.loss(), within(1e-5));
        if (loss.cosine() != null) {
            assertThat((double) loss.cosine()).isCloseTo(expected.cosine(), within(1e-4));
        }
    }

    /** Thresholds between the cosine over θ and that over θ and the head. */
    @Test
    void theGateLooksAtTheStudentAlone() {
        for (long seed = 1; seed <= 2; seed++) {
            var plain = new PlainHeadTraining(TwoLayers.random(seed), firstValues());
            var all = new EpochOrder(IMAGES, SEED).batches(1, IMAGES).get(0);
            var step = plain.step(images(seed, all), labels(seed, all), 4, (s, l) -> factors(1, 1));
            assertThat(Math.abs(step.cosine() - step.cosineWithHead())).isGreaterThan(.05);
            float threshold = (float) ((step.cosine() + step.cosineWithHead()) / 2);
            var heard = new RecordingListener();
            var place = directory.resolve("run-" + seed);
            place.toFile().mkdir();
            Trainer.train(task(seed, new CosineGate(threshold), 1, IMAGES), place, heard, () -> false);
            assertThat(heard.steps.get(0).losses().get(0).gate()).isEqualTo(step.cosine() > threshold ? 1 : 0);
        }
    }

    @Test
    void aHeadThatIsNotThereIsOneLine() {
        var student = SmallTask.zoo(directory, "student", "plain-cnn-2");
        assertFault(
                student,
                List.of(),
                bySelf("heads/early/logits"),
                "unknown layer 'heads/early/logits' of %s; it has no heads".formatted(student.describe()));
        assertFault(
                student,
                List.of(on("stage1")),
                bySelf("heads/erly/logits"),
                "unknown layer 'heads/erly/logits' of %s; nearest: heads/early/logits".formatted(student.describe()));
        assertFault(
                student,
                List.of(on("stge1")),
                bySelf("heads/early/logits"),
                "unknown layer 'stge1' of %s; nearest: stage1"
                        .formatted(student.model().directory()));
    }

    @Test
    void aLayerWithoutLogitsIsOneLine() {
        var student = SmallTask.zoo(directory, "student", "plain-cnn-2");
        assertFault(
                student,
                List.of(on("stage1")),
                bySelf("heads/early/feature"),
                "loss 'own': student-layer 'heads/early/feature' is [batch, 16]; expected logits [batch, 6]: name the logits of a head, or leave it out for the model's own");
        assertFault(
                student,
                List.of(on("stage1")),
                new DistillationTerm(
                        "own", new OutputLoss(3), "self", Optional.of("stage1"), Optional.of("heads/early/logits"), 1),
                "loss 'own': teacher-layer 'stage1' is [batch, 4, 4, 16]; expected logits [batch, 6]: name the logits of a head, or leave it out for the model's own");
    }

    @Test
    void logitsInAnotherOrderAreOneLine() {
        var written = TwoLayers.random(1).write("student", directory.resolve("reversed"));
        var reversed = new ClassOrder(List.of(2, 1, 0), Optional.empty());
        var student = new NamedModel(
                "student", written.model(), TwoLayers.INPUT, reversed, ModelHeads.untrained(List.of(HEAD)));
        var data = new TrainingData(TwoLayers.CLASSES, all(1), Optional.empty(), all(1), List.of());
        var term = new DistillationTerm(
                "own", new OutputLoss(3), "self", Optional.of("heads/early/logits"), Optional.of("hidden"), 1);
        assertThatThrownBy(() -> Trainer.check(new TrainingTask(
                        1, data, student, List.of(), 1, List.of(term), new OpenGate(false), plan(1, BATCH))))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "loss 'own': student-layer 'hidden' is in the order of the model's own classes, the labels are in another; leave it out for the model's logits, which are put in order");
    }

    private static NamedHead on(String layer) {
        return new NamedHead("early", new PooledHead(), layer, 1);
    }

    private static void assertFault(NamedModel student, List<NamedHead> heads, DistillationTerm term, String message) {
        var task = new TrainingTask(
                1,
                SmallTask.data(List.of()),
                student.with(ModelHeads.untrained(heads)),
                List.of(),
                1,
                List.of(term),
                new OpenGate(false),
                plan(1, BATCH));
        assertThatThrownBy(() -> Trainer.check(task))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    private static DistillationTerm bySelf(String layer) {
        return new DistillationTerm(
                "own", new SoftCrossEntropyLoss(RISING), "self", Optional.empty(), Optional.of(layer), LOSS_WEIGHT);
    }

    private TrainingTask task(long seed, Gate gate, int epochs, int batchSize) {
        return new TrainingTask(
                SEED,
                new TrainingData(TwoLayers.CLASSES, all(seed), Optional.empty(), all(seed), List.of()),
                TwoLayers.random(seed)
                        .write("student", directory.resolve("student-" + seed))
                        .with(ModelHeads.untrained(List.of(HEAD))),
                List.of(),
                SUPERVISED_WEIGHT,
                List.of(bySelf("heads/early/logits")),
                gate,
                plan(epochs, batchSize));
    }

    private static TrainingPlan plan(int epochs, int batchSize) {
        var sgd = new Sgd(PlainDescent.RATE, 0, false, new WeightDecay(0, false));
        return new TrainingPlan(epochs, batchSize, sgd, new Schedule.Constant(), OptionalDouble.empty(), 1);
    }

    /** Of the head, as it is offered them where it is frozen. */
    private static List<double[]> firstValues() {
        var values = new ArrayList<double[]>();
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var feature = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, TwoLayers.HIDDEN)));
            HEAD.buildFrozen(
                    tf,
                    feature,
                    TwoLayers.CLASSES,
                    (other, name, shape, first) -> {
                        values.add(TestGraph.doubles(first));
                        return other.constant(shape, DataBuffers.of(first));
                    },
                    SEED);
        }
        return values;
    }

    private static ImageSet all(long seed) {
        return new ImageSet(pixels(seed), labels(seed), 2, 2, 1);
    }

    private static byte[] pixels(long seed) {
        var pixels = new byte[IMAGES * TwoLayers.INPUTS];
        new Random(seed + 300).nextBytes(pixels);
        return pixels;
    }

    private static int[] labels(long seed) {
        return new Random(seed + 400).ints(IMAGES, 0, TwoLayers.CLASSES).toArray();
    }

    private static int[] labels(long seed, int[] batch) {
        return Arrays.stream(batch).map(sample -> labels(seed)[sample]).toArray();
    }

    private static double[][] images(long seed, int[] batch) {
        return TwoLayers.normalised(pixels(seed), batch);
    }
}
