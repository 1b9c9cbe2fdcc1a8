package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.graph.SessionRuns;
import sckd.graph.VariableBundle;

/** The ResNets that others trained and saved: with Keras 2 (20) and by Keras 3 {@code export()} (32). */
class PretrainedResNetTest {
    private static final Shape IMAGES = Shape.of(4, 32, 32, 3);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"resnet20-cifar10, 19", "resnet32-cifar10, 31"})
    void isReplayedFrozenTrainedAndExported(String name, int batchNorms) {
        var shared = Path.of(System.getProperty("sckd.shared", "../shared"));
        var source = shared.resolve("models").resolve(name);
        assumeTrue(Files.isDirectory(source), source + " is not there");
        var model = ClassifierModel.read(source);
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(IMAGES, DataBuffers.of(randomImages()));
            var variables = ModelVariables.build(tf, "student", model);
            var inference = ModelInstance.buildInference(tf, "student", model, variables, images, List.of());
            var training = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
            var frozen = ModelInstance.buildFrozen(tf, "teacher", model, images, List.of());
            SessionRuns.run(session, List.of(variables.restore()));
            var original = runLoaded(source);
            assertClose(GraphRun.floats(session, inference.logits()), original);
            assertClose(GraphRun.floats(session, frozen.logits()), original);

            assertThat(training.updates()).hasSize(2 * batchNorms);
            var targets = new ArrayList<Op>(training.updates());
            targets.addAll(buildStep(tf, variables, training));
            SessionRuns.run(session, targets);
            var trained = GraphRun.floats(session, inference.logits());
            assertThat(largestDifference(trained, original)).isGreaterThan(1e-2 * largest(original));
            assertClose(GraphRun.floats(session, frozen.logits()), original);

            var checkpoint = directory.resolve("checkpoint");
            VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).save(session, checkpoint);
            var exported = directory.resolve("exported");
            StudentExport.write(model, checkpoint, "student", exported);
            assertClose(runLoaded(exported), trained);
        }
    }

    /** One step of plain gradient descent on the sum of the logits' squares. */
    private static List<Op> buildStep(Ops tf, ModelVariables variables, ModelInstance training) {
        var logits = training.logits();
        var loss = tf.reduceSum(tf.math.mul(logits, logits), tf.array(0, 1));
        var graph = (Graph) tf.scope().env();
        var gradients = graph.addGradients(
                loss.asOutput(),
                variables.trainable().stream()
                        .map(variable -> variable.value().asOutput())
                        .toArray(Output<?>[]::new));
        var steps = new ArrayList<Op>();
        for (int i = 0; i < gradients.length; i++) {
            var variable = variables.trainable().get(i);
            var step = tf.math.mul(tf.constant(1e-4f), gradients[i].expect(TFloat32.class));
            steps.add(variable.buildAssign(tf, tf.math.sub(variable.value(), step)));
        }
        return steps;
    }

    private static float[] randomImages() {
        var random = new Random(3);
        var values = new float[(int) IMAGES.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] runLoaded(Path model) {
        try (var bundle = SavedModelBundle.load(model.toString(), "serve");
                var images = TFloat32.tensorOf(IMAGES, DataBuffers.of(randomImages()))) {
            var function = bundle.function("serving_default");
            var input = function.signature().inputNames().iterator().next();
            try (var result = function.call(Map.of(input, images))) {
                var logits = (TFloat32) result.get(0);
                var values = new float[(int) logits.size()];
                logits.asRawTensor().data().asFloats().read(values);
                return values;
            }
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        assertThat(largestDifference(actual, expected)).isCloseTo(0, Offset.offset(1e-5 * largest(expected)));
    }

    private static double largestDifference(float[] actual, float[] expected) {
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
        }
        return difference;
    }

    private static double largest(float[] values) {
        return largestDifference(values, new float[values.length]);
    }
}
