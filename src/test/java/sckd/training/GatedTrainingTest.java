package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sckd.data.EpochOrder;
import sckd.data.ImageSet;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.EmaGate;
import sckd.distillation.Gate;
import sckd.distillation.L2Loss;
import sckd.distillation.OpenGate;
import sckd.distillation.OpenRates;
import sckd.distillation.OutputLoss;
import sckd.distillation.PerVariableGate;
import sckd.distillation.ProductGate;
import sckd.distillation.ProjectGate;
import sckd.distillation.RandomGate;
import sckd.distillation.RecordedRates;
import sckd.distillation.ScaledGate;
import sckd.distillation.ScheduleGate;
import sckd.distillation.WeightedGate;

/** Whole trainings against the algorithm by hand, in double precision: what the log says of each step, and the weights they end with. */
class GatedTrainingTest {
    private static final float[] WEIGHTS = {0.9f, 2, 0.5f};
    private static final long SEED = 5;
    private static final int EPOCHS = 2;
    /** Of the three losses, by epoch. */
    private static final double[][] RATES = {{.25, .75, .5}, {.625, .375, .125}};

    @TempDir
    private Path directory;

    /** φ, images in a step, seed of all weights; ten images, so that a batch of 4 leaves a short last one. */
    @ParameterizedTest
    @CsvSource({"0, 4, 1", "0, 4, 2", "0.3, 4, 3", "-0.2, 4, 4", "0, 1, 5", "0, 10, 6"})
    void followsTheAlgorithmByHand(float threshold, int batchSize, long seed) throws IOException {
        check(new CosineGate(threshold), cosine(threshold), 1, batchSize, seed, WEIGHTS);
    }

    @Test
    void aLossOfWeightZeroIsMeasuredAndNotFollowed() throws IOException {
        var steps = check(new CosineGate(0), cosine(0), 1, 4, 1, new float[] {0.9f, 0, 0.5f});
        assertThat(steps).anyMatch(step -> step.gates()[1] == 1);
    }

    /** Weights whose first step leaves one gate open: the first, the second, the third. */
    @ParameterizedTest
    @CsvSource({"10, 0", "25, 1", "42, 2"})
    void opensExactlyOneOfThreeGates(long seed, int open) throws IOException {
        var gates = new double[3];
        gates[open] = 1;
        var steps = check(new CosineGate(0), cosine(0), 1, 10, seed, WEIGHTS);
        assertThat(steps.get(0).gates()).containsExactly(gates);
    }

    @Test
    void aVariableHasTheGateOfItsOwnCosine() throws IOException {
        var steps = check(new PerVariableGate(0), PlainGate.byVariable(0), EPOCHS, 4, 2, WEIGHTS);
        assertThat(steps)
                .as("some variables of a loss are open, others closed")
                .anyMatch(step -> Arrays.stream(step.gates()).anyMatch(gate -> gate > 0 && gate < 1));
    }

    @Test
    void anAverageOfTheCosineIsFollowedOverSteps() throws IOException {
        var averages = new double[3];
        var average = PlainGate.of((step, loss, cosine) -> {
            averages[loss] = .7 * averages[loss] + .3 * cosine;
            return PlainGate.open(averages[loss], .05);
        });
        var steps = check(new EmaGate(.3f, .05f), average, EPOCHS, 4, 2, WEIGHTS);
        assertThat(steps).as("the average decides other than the cosine").anyMatch(step -> IntStream.range(0, 3)
                .anyMatch(k -> step.gates()[k] == 1 != step.cosines()[k] > .05));
    }

    @Test
    void aPartOfEachLossIsFollowedWhereTheGateIsTheCosine() throws IOException {
        check(new WeightedGate(), PlainGate.of((step, loss, cosine) -> Math.max(0, cosine)), EPOCHS, 4, 2, WEIGHTS);
    }

    /** One backward pass of the sum for all losses. */
    @Test
    void eachLossIsFollowedAtItsRecordedRate() throws IOException {
        var recorded = recorded();
        check(
                new ScaledGate(recorded),
                PlainGate.of((step, loss, cosine) -> RATES[epoch(step)][loss]),
                EPOCHS,
                4,
                1,
                WEIGHTS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CONSTANT")
    void theLossesAreFollowedAsScheduled(ScheduleGate.Shape shape) throws IOException {
        check(
                new ScheduleGate(shape, 1.5f, .25f, 2),
                PlainGate.of((step, loss, cosine) -> {
                    double t = Math.min(1, (step - 1) / 3.0 / 1.5);
                    double progress =
                            switch (shape) {
                                case CONSTANT -> throw new IllegalArgumentException("goes nowhere");
                                case STEP -> t < 1 ? 0 : 1;
                                case LINEAR -> t;
                                case COSINE -> (1 - Math.cos(Math.PI * t)) / 2;
                            };
                    return .25 + 1.75 * progress;
                }),
                EPOCHS,
                4,
                1,
                WEIGHTS);
    }

    @Test
    void theLossesAreFollowedAtOtherWeightsThroughout() throws IOException {
        var twice = new ScheduleGate(ScheduleGate.Shape.CONSTANT, Optional.empty(), 2, Optional.empty());
        check(twice, PlainGate.of((step, loss, cosine) -> 2), EPOCHS, 4, 1, WEIGHTS);
    }

    @Test
    void theGatedLossesAreFollowedAsScheduled() throws IOException {
        var warmUp = new ScheduleGate(ScheduleGate.Shape.LINEAR, 1.5f, .25f, 1);
        var steps = check(
                new ProductGate(List.of(new CosineGate(0), warmUp)),
                PlainGate.of((step, loss, cosine) -> PlainGate.open(cosine, 0) * rising(step)),
                EPOCHS,
                4,
                2,
                WEIGHTS);
        assertThat(steps).anyMatch(step -> Arrays.stream(step.gates()).anyMatch(gate -> gate > 0 && gate < 1));
        assertThat(steps).anyMatch(step -> Arrays.stream(step.gates()).anyMatch(gate -> gate == 0));
    }

    @Test
    void aVariableIsFollowedAsScheduledWhereItsGateIsOpen() throws IOException {
        var warmUp = new ScheduleGate(ScheduleGate.Shape.LINEAR, 1.5f, .25f, 1);
        check(
                new ProductGate(List.of(warmUp, new PerVariableGate(0))),
                (step, supervised, losses) -> {
                    var gates = PlainGate.byVariable(0).decide(step, supervised, losses);
                    return Arrays.stream(gates)
                            .map(ofLoss -> Arrays.stream(ofLoss)
                                    .map(gate -> gate * rising(step))
                                    .toArray())
                            .toArray(double[][]::new);
                },
                EPOCHS,
                4,
                2,
                WEIGHTS);
    }

    /** One backward pass of the sum for all losses. */
    @Test
    void aProductThatLooksAtNoGradientIsFollowed() throws IOException {
        var warmUp = new ScheduleGate(ScheduleGate.Shape.LINEAR, 1.5f, .25f, 1);
        check(
                new ProductGate(List.of(warmUp, new ScaledGate(new OpenRates.Fixed(.5f)))),
                PlainGate.of((step, loss, cosine) -> .5 * rising(step)),
                EPOCHS,
                4,
                1,
                WEIGHTS);
    }

    /** From .25 to 1 over one and a half epochs of three steps. */
    private static double rising(int step) {
        return .25 + .75 * Math.min(1, (step - 1) / 3.0 / 1.5);
    }

    /** ESKD. */
    @Test
    void nothingIsFollowedAfterTheEpochsOfAStep() throws IOException {
        check(
                new ScheduleGate(ScheduleGate.Shape.STEP, 1, 1, 0),
                PlainGate.of((step, loss, cosine) -> step <= 3 ? 1 : 0),
                EPOCHS,
                4,
                1,
                WEIGHTS);
    }

    /** Which steps those are the log says. */
    @Test
    void aLossThatIsDrawnIsFollowedInItsSteps() throws IOException {
        var heard = new RecordingListener();
        train("drawn", new RandomGate(recorded()), EPOCHS, 4, 1, WEIGHTS, heard);
        for (int k = 0; k < 3; k++) {
            int loss = k;
            assertThat(heard.steps)
                    .extracting(step -> step.losses().get(loss).gate())
                    .containsOnly(0f, 1f);
        }
        check(
                new RandomGate(recorded()),
                PlainGate.of((step, loss, cosine) ->
                        heard.steps.get(step - 1).losses().get(loss).gate()),
                EPOCHS,
                4,
                1,
                WEIGHTS);
    }

    private static PlainGate cosine(float threshold) {
        return PlainGate.of((step, loss, cosine) -> PlainGate.open(cosine, threshold));
    }

    private RecordedRates recorded() throws IOException {
        var run = Files.createDirectories(directory.resolve("recorded"));
        var lines = new StringBuilder();
        for (var epoch : RATES) {
            lines.append("{\"openRates\":{\"warm\":%s,\"cool\":%s,\"hidden\":%s}}\n"
                    .formatted(epoch[0], epoch[1], epoch[2]));
        }
        Files.writeString(run.resolve("epochs.jsonl"), lines);
        return new RecordedRates(run);
    }

    /** From 0, of a step of batches of 4. */
    private static int epoch(int step) {
        return (step - 1) / 3;
    }

    @Test
    void openGatesGiveWhatOneBackwardPassOfTheSumDoes() {
        var separate = train("separate", new OpenGate(true), 1, 4, 1, WEIGHTS, new RecordingListener());
        var joint = train("joint", new OpenGate(false), 1, 4, 1, WEIGHTS, new RecordingListener());
        for (var name : TwoLayers.NAMES) {
            assertThat(CheckpointValues.read(joint.checkpoint().bundle(), "student/" + name))
                    .usingComparatorWithPrecision(1e-6)
                    .containsExactly(CheckpointValues.read(separate.checkpoint().bundle(), "student/" + name));
        }
        assertThat(joint.openRates()).containsOnlyKeys("warm", "cool", "hidden").containsEntry("cool", 1.0);
        assertThat(separate.openRates()).isEqualTo(joint.openRates());
    }

    @Test
    void theLogTellsWhereAGradientWasLeftAsItIs() throws IOException {
        var result = train("run", new ProjectGate(), 1, 1, 1, WEIGHTS, new RecordingListener());
        int left = 0;
        var lines = Files.readAllLines(directory.resolve("run/steps.jsonl"));
        for (var line : lines) {
            var warm = new JsonMapper().readTree(line).get("losses").get(0);
            assertThat(warm.get("gate").asDouble()).isEqualTo(warm.get("cosine").asDouble() < 0 ? 0 : 1);
            left += warm.get("gate").asInt();
        }
        assertThat(left).isBetween(1, lines.size() - 1);
        assertThat(result.openRates().get("warm")).isEqualTo(left / (double) lines.size());
    }

    private List<PlainTraining.Step> check(
            Gate gate, PlainGate byHand, int epochs, int batchSize, long seed, float[] weights) throws IOException {
        var result = train("run", gate, epochs, batchSize, seed, weights, new RecordingListener());
        var plain = new PlainTraining(
                student(seed), TwoLayers.random(seed + 100), TwoLayers.random(seed + 200), weights, byHand);
        var batches = new ArrayList<int[]>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            batches.addAll(new EpochOrder(10, SEED).batches(epoch, batchSize));
        }
        var expected = plain.run(
                batches.stream().map(batch -> images(seed, batch)).toList(),
                batches.stream().map(batch -> labels(seed, batch)).toList());
        checkLog(directory.resolve("run/steps.jsonl"), expected, weights, gate.usesGradients());
        for (int v = 0; v < TwoLayers.NAMES.size(); v++) {
            var name = "student/" + TwoLayers.NAMES.get(v);
            var bundle = result.checkpoint().bundle();
            assertThat(CheckpointValues.read(bundle, name))
                    .as(name)
                    .usingComparatorWithPrecision(1e-5)
                    .containsExactly(plain.parameters[v]);
            assertThat(CheckpointValues.read(bundle, "optimizer/momentum/" + name))
                    .as("momentum of " + name)
                    .usingComparatorWithPrecision(2e-5) // ten sums of gradients about 1
                    .containsExactly(plain.velocity[v]);
        }
        return expected;
    }

    private static void checkLog(Path log, List<PlainTraining.Step> expected, float[] weights, boolean separate)
            throws IOException {
        var lines = Files.readAllLines(log);
        assertThat(lines).hasSize(expected.size());
        for (int i = 0; i < lines.size(); i++) {
            var line = new JsonMapper().readTree(lines.get(i));
            var step = expected.get(i);
            assertThat(line.get("step").asInt()).isEqualTo(i + 1);
            checkClose(line, "supervisedLoss", step.supervisedLoss());
            checkClose(line, "accuracy", step.accuracy());
            checkClose(line, "gradientNorm", step.norm());
            if (separate) {
                checkClose(line, "supervisedGradientNorm", step.supervisedNorm());
            }
            for (int k = 0; k < 3; k++) {
                var loss = line.get("losses").get(k);
                assertThat(loss.get("name").asText())
                        .isEqualTo(List.of("warm", "cool", "hidden").get(k));
                checkClose(loss, "loss", step.losses()[k]);
                checkClose(loss, "weightedLoss", weights[k] * step.losses()[k]);
                checkClose(loss, "gate", step.gates()[k]);
                if (separate) {
                    checkClose(loss, "cosine", step.cosines()[k]);
                    checkClose(loss, "gradientRatio", step.ratios()[k]);
                }
            }
        }
    }

    private static void checkClose(JsonNode line, String key, double expected) {
        assertThat(line.get(key).asDouble())
                .as("%s of %s", key, line)
                .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    }

    private TrainingResult train(
            String name, Gate gate, int epochs, int batchSize, long seed, float[] weights, RecordingListener heard) {
        var first = TwoLayers.random(seed + 100).write("first", directory.resolve(name + "-first"));
        var second = TwoLayers.random(seed + 200).write("second", directory.resolve(name + "-second"));
        var student = student(seed).write("student", directory.resolve(name + "-student"));
        var all = new ImageSet(pixels(seed), labels(seed), 2, 2, 1);
        var task = new TrainingTask(
                SEED,
                new TrainingData(TwoLayers.CLASSES, all, Optional.empty(), all, List.of()),
                student,
                List.of(first, second),
                PlainTraining.SUPERVISED_WEIGHT,
                terms(weights),
                gate,
                new TrainingPlan(
                        epochs,
                        batchSize,
                        new Sgd(
                                PlainTraining.RATE,
                                PlainTraining.MOMENTUM,
                                false,
                                new WeightDecay(PlainTraining.DECAY, false)),
                        new Schedule.Constant(),
                        OptionalDouble.empty(),
                        2));
        return Trainer.train(task, createDirectory(name), heard, () -> false);
    }

    private static List<DistillationTerm> terms(float[] weights) {
        var none = Optional.<String>empty();
        var hidden = Optional.of("hidden");
        return List.of(
                new DistillationTerm("warm", new OutputLoss(4), "first", none, none, weights[0]),
                new DistillationTerm("cool", new OutputLoss(1), "second", none, none, weights[1]),
                new DistillationTerm("hidden", new L2Loss(), "first", hidden, hidden, weights[2]));
    }

    private Path createDirectory(String name) {
        var created = directory.resolve(name);
        assertThat(created.toFile().mkdir()).isTrue();
        return created;
    }

    private static TwoLayers student(long seed) {
        return TwoLayers.random(seed);
    }

    private static byte[] pixels(long seed) {
        var pixels = new byte[10 * TwoLayers.INPUTS];
        new Random(seed + 300).nextBytes(pixels);
        return pixels;
    }

    private static int[] labels(long seed) {
        return new Random(seed + 400).ints(10, 0, TwoLayers.CLASSES).toArray();
    }

    private static int[] labels(long seed, int[] batch) {
        var all = labels(seed);
        return Arrays.stream(batch).map(sample -> all[sample]).toArray();
    }

    private static double[][] images(long seed, int[] batch) {
        return TwoLayers.normalised(pixels(seed), batch);
    }
}
