package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.data.EpochOrder;
import sckd.data.ImageSet;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.distillation.L2Loss;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;
import sckd.distillation.ProjectGate;

/** Whole trainings against the algorithm by hand, in double precision: what the log says of each step, and the weights they end with. */
class GatedTrainingTest {
    private static final float[] WEIGHTS = {0.9f, 2, 0.5f};
    private static final long SEED = 5;

    @TempDir
    private Path directory;

    /** φ, images in a step, seed of all weights; ten images, so that a batch of 4 leaves a short last one. */
    @ParameterizedTest
    @CsvSource({"0, 4, 1", "0, 4, 2", "0.3, 4, 3", "-0.2, 4, 4", "0, 1, 5", "0, 10, 6"})
    void followsTheAlgorithmByHand(float threshold, int batchSize, long seed) throws IOException {
        check(threshold, batchSize, seed, WEIGHTS);
    }

    @Test
    void aLossOfWeightZeroIsMeasuredAndNotFollowed() throws IOException {
        var steps = check(0, 4, 1, new float[] {0.9f, 0, 0.5f});
        assertThat(steps).anyMatch(step -> step.gates()[1] == 1);
    }

    /** Weights whose first step leaves one gate open: the first, the second, the third. */
    @ParameterizedTest
    @CsvSource({"10, 0", "25, 1", "42, 2"})
    void opensExactlyOneOfThreeGates(long seed, int open) throws IOException {
        var gates = new double[3];
        gates[open] = 1;
        assertThat(check(0, 10, seed, WEIGHTS).get(0).gates()).containsExactly(gates);
    }

    @Test
    void openGatesGiveWhatOneBackwardPassOfTheSumDoes() {
        var separate = train("separate", new OpenGate(true), 4, 1, WEIGHTS);
        var joint = train("joint", new OpenGate(false), 4, 1, WEIGHTS);
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
        var result = train("run", new ProjectGate(), 1, 1, WEIGHTS);
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

    private List<PlainTraining.Step> check(float threshold, int batchSize, long seed, float[] weights)
            throws IOException {
        var result = train("run", new CosineGate(threshold), batchSize, seed, weights);
        var plain = new PlainTraining(
                student(seed), TwoLayers.random(seed + 100), TwoLayers.random(seed + 200), weights, threshold);
        var batches = new EpochOrder(10, SEED).batches(1, batchSize);
        var expected = plain.run(
                batches.stream().map(batch -> images(seed, batch)).toList(),
                batches.stream().map(batch -> labels(seed, batch)).toList());
        assertThat(expected).as("the case decides no gate by rounding").allMatch(step -> Arrays.stream(step.cosines())
                .allMatch(cosine -> cosine == 0 || Math.abs(cosine - threshold) > 1e-4));
        checkLog(directory.resolve("run/steps.jsonl"), expected, weights);
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

    private static void checkLog(Path log, List<PlainTraining.Step> expected, float[] weights) throws IOException {
        var lines = Files.readAllLines(log);
        assertThat(lines).hasSize(expected.size());
        for (int i = 0; i < lines.size(); i++) {
            var line = new JsonMapper().readTree(lines.get(i));
            var step = expected.get(i);
            assertThat(line.get("step").asInt()).isEqualTo(i + 1);
            checkClose(line, "supervisedLoss", step.supervisedLoss());
            checkClose(line, "accuracy", step.accuracy());
            checkClose(line, "supervisedGradientNorm", step.supervisedNorm());
            checkClose(line, "gradientNorm", step.norm());
            for (int k = 0; k < 3; k++) {
                var loss = line.get("losses").get(k);
                assertThat(loss.get("name").asText())
                        .isEqualTo(List.of("warm", "cool", "hidden").get(k));
                checkClose(loss, "loss", step.losses()[k]);
                checkClose(loss, "weightedLoss", weights[k] * step.losses()[k]);
                checkClose(loss, "cosine", step.cosines()[k]);
                checkClose(loss, "gate", step.gates()[k]);
                checkClose(loss, "gradientRatio", step.ratios()[k]);
            }
        }
    }

    private static void checkClose(JsonNode line, String key, double expected) {
        assertThat(line.get(key).asDouble())
                .as("%s of %s", key, line)
                .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    }

    private TrainingResult train(String name, Gate gate, int batchSize, long seed, float[] weights) {
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
                        1,
                        batchSize,
                        new Sgd(
                                PlainTraining.RATE,
                                PlainTraining.MOMENTUM,
                                false,
                                new WeightDecay(PlainTraining.DECAY, false)),
                        new Schedule.Constant(),
                        OptionalDouble.empty(),
                        2));
        return Trainer.train(task, createDirectory(name), new RecordingListener(), () -> false);
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
