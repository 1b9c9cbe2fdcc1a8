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
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.autodiff.TestGraph;
import sckd.data.ImageSet;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;

/** A step with the ensemble of two teachers, by hand in double precision. */
class EnsembleTrainingTest {
    private static final int IMAGES = 6;
    private static final float RATE = .1f;
    private static final float WEIGHT = .9f;
    private static final float TEMPERATURE = 2;

    @TempDir
    private Path directory;

    private final TwoLayers student = TwoLayers.random(1);
    private final TwoLayers first = TwoLayers.random(2);
    private final TwoLayers second = TwoLayers.random(3);
    private final byte[] pixels = new byte[IMAGES * TwoLayers.INPUTS];
    private final int[] labels = {0, 1, 2, 0, 1, 2};
    private List<NamedModel> models;

    @BeforeEach
    void writeModels() {
        new Random(4).nextBytes(pixels);
        models = List.of(
                student.write("student", directory.resolve("models/student")),
                first.write("first", directory.resolve("models/first")),
                second.write("second", directory.resolve("models/second")));
    }

    @Test
    void followsTheAverageOfProbabilities() throws IOException {
        var result = train("open", new OpenGate(false), TeacherCache.none());
        var images = images();
        var forward = new PlainForward(student, images);
        var loss = forward.output(ensemble(images), TEMPERATURE);
        assertThat(logOf("open").get("loss").asDouble()).isCloseTo(loss.value(), within(1e-5));
        var supervised = forward.crossEntropy(labels);
        for (int v = 0; v < TwoLayers.NAMES.size(); v++) {
            var expected = student.values()[v].clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] -= RATE * (supervised.gradient()[v][i] + WEIGHT * loss.gradient()[v][i]);
            }
            assertThat(CheckpointValues.read(result.checkpoint().bundle(), "student/" + TwoLayers.NAMES.get(v)))
                    .usingComparatorWithPrecision(1e-6)
                    .containsExactly(expected);
        }
    }

    /** One loss, one gate, whoever teaches. */
    @Test
    void isGatedAsOneLoss() throws IOException {
        train("gated", new CosineGate(0), TeacherCache.none());
        var images = images();
        var forward = new PlainForward(student, images);
        double cosine = PlainTraining.cosine(
                forward.crossEntropy(labels).gradient(),
                forward.output(ensemble(images), TEMPERATURE).gradient());
        assertThat(logOf("gated").get("cosine").asDouble()).isCloseTo(cosine, within(1e-5));
        assertThat(logOf("gated").get("gate").asDouble()).isEqualTo(cosine > 0 ? 1 : 0);
    }

    @Test
    void outputsOfEachTeacherAreKept() throws IOException {
        train("run", new CosineGate(0), TeacherCache.none());
        var cache = new TeacherCache(line -> {});
        train("kept", new CosineGate(0), cache);
        assertThat(Files.readString(directory.resolve("kept/steps.jsonl")))
                .isEqualTo(Files.readString(directory.resolve("run/steps.jsonl")));
        var kept = cache.outputs(task(new CosineGate(0)));
        assertThat(kept).containsOnlyKeys("first", "second");
        checkKept(kept.get("first"), first);
        checkKept(kept.get("second"), second);
        assertThat(cache.outputs(task(new CosineGate(0))).get("first").logits())
                .as("found there by the next training")
                .isSameAs(kept.get("first").logits());
    }

    private void checkKept(TeacherOutputs outputs, TwoLayers teacher) {
        var logits = new PlainForward(teacher, images()).logits;
        assertThat(outputs.logits().views()).hasSize(1);
        assertThat(TestGraph.doubles(outputs.logits().views().get(0)))
                .usingComparatorWithPrecision(1e-5)
                .containsExactly(
                        Arrays.stream(logits).flatMapToDouble(Arrays::stream).toArray());
    }

    private TrainingResult train(String name, Gate gate, TeacherCache cache) {
        var place = directory.resolve(name);
        assertThat(place.toFile().mkdir()).isTrue();
        return Trainer.train(task(gate), cache, place, new RecordingListener(), () -> false);
    }

    private TrainingTask task(Gate gate) {
        var all = new ImageSet(pixels, labels, 2, 2, 1);
        var term = new DistillationTerm(
                "both",
                new OutputLoss(TEMPERATURE),
                List.of("first", "second"),
                Optional.empty(),
                Optional.empty(),
                WEIGHT);
        var plan = new TrainingPlan(
                1,
                IMAGES,
                new Sgd(RATE, 0, false, new WeightDecay(0, false)),
                new Schedule.Constant(),
                OptionalDouble.empty(),
                1);
        return new TrainingTask(
                1,
                new TrainingData(TwoLayers.CLASSES, all, Optional.empty(), all, List.of()),
                models.get(0),
                models.subList(1, 3),
                1,
                List.of(term),
                gate,
                plan);
    }

    private JsonNode logOf(String name) throws IOException {
        var line = Files.readString(directory.resolve(name).resolve("steps.jsonl"));
        return new JsonMapper().readTree(line).get("losses").get(0);
    }

    private double[][] images() {
        return TwoLayers.normalised(pixels, IntStream.range(0, IMAGES).toArray());
    }

    /** Logits of the average of both teachers' probabilities. */
    private double[][] ensemble(double[][] images) {
        var one = new PlainForward(first, images).logits;
        var other = new PlainForward(second, images).logits;
        var logits = new double[IMAGES][TwoLayers.CLASSES];
        for (int n = 0; n < IMAGES; n++) {
            var p = PlainForward.softmax(one[n], 1);
            var q = PlainForward.softmax(other[n], 1);
            for (int c = 0; c < TwoLayers.CLASSES; c++) {
                logits[n][c] = Math.log((p[c] + q[c]) / 2);
            }
        }
        return logits;
    }
}
