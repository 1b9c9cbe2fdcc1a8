package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.BatchNormModel.BETA;
import static sckd.savedmodel.BatchNormModel.CHANNELS;
import static sckd.savedmodel.BatchNormModel.EPSILON;
import static sckd.savedmodel.BatchNormModel.GAMMA;
import static sckd.savedmodel.BatchNormModel.IMAGES;
import static sckd.savedmodel.BatchNormModel.MEAN;
import static sckd.savedmodel.BatchNormModel.VARIANCE;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import sckd.graph.SessionRuns;

/** Each way of writing batch norm in arithmetic, in training mode, against plain double arithmetic; and what only looks like one. */
class BatchNormFormsTest {
    private static final float MOMENTUM = .75f;

    @TempDir
    private Path directory;

    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final Ops tf = Ops.create(graph);
    private final ModelSketch sketch = new ModelSketch();

    @AfterEach
    void close() {
        session.close();
        graph.close();
    }

    /** What a form computes with. */
    private record Parts(
            Operand<TFloat32> x,
            Operand<TFloat32> mean,
            Operand<TFloat32> variance,
            Operand<TFloat32> gamma,
            Operand<TFloat32> beta) {}

    private interface Builder {
        Operand<TFloat32> build(Ops tf, Parts parts);
    }

    private static Operand<TFloat32> root(Ops tf, Parts p) {
        return tf.math.sqrt(tf.math.add(p.variance, tf.constant(EPSILON)));
    }

    private static Operand<TFloat32> inverseRoot(Ops tf, Parts p) {
        return tf.math.rsqrt(tf.math.add(p.variance, tf.constant(EPSILON)));
    }

    private static Operand<TFloat32> shifted(Ops tf, Parts p, Operand<TFloat32> m) {
        return tf.math.add(tf.math.mul(p.x, m), tf.math.sub(p.beta, tf.math.mul(p.mean, m)));
    }

    private static Operand<TFloat16> half(Ops tf, Operand<TFloat32> tensor) {
        return tf.dtypes.cast(tensor, TFloat16.class);
    }

    private enum Written {
        AS_TENSORFLOW(true, true, (tf, p) -> shifted(tf, p, tf.math.mul(inverseRoot(tf, p), p.gamma))),
        WITH_A_QUOTIENT(true, true, (tf, p) -> shifted(tf, p, tf.math.div(p.gamma, root(tf, p)))),
        AS_IN_A_TEXTBOOK(
                true,
                true,
                (tf, p) ->
                        tf.math.add(tf.math.mul(p.gamma, tf.math.div(tf.math.sub(p.x, p.mean), root(tf, p))), p.beta)),
        TIMES_THE_INVERSE_ROOT(
                true,
                true,
                (tf, p) -> tf.math.add(
                        p.beta, tf.math.mul(tf.math.mul(tf.math.sub(p.x, p.mean), inverseRoot(tf, p)), p.gamma))),
        TIMES_THE_WHOLE_SCALE(
                true,
                true,
                (tf, p) -> tf.math.add(
                        tf.math.mul(tf.math.sub(p.x, p.mean), tf.math.mul(p.gamma, inverseRoot(tf, p))), p.beta)),
        WITHOUT_BETA(true, false, (tf, p) -> tf.math.mul(tf.math.div(tf.math.sub(p.x, p.mean), root(tf, p)), p.gamma)),
        WITHOUT_GAMMA(false, true, (tf, p) -> tf.math.add(tf.math.div(tf.math.sub(p.x, p.mean), root(tf, p)), p.beta)),
        BARE(false, false, (tf, p) -> tf.math.div(tf.math.sub(p.x, p.mean), root(tf, p))),
        IN_HALF_PRECISION(true, true, (tf, p) -> {
            var m = tf.math.mul(inverseRoot(tf, p), p.gamma);
            var offset = tf.math.sub(p.beta, tf.math.mul(p.mean, m));
            var y = tf.math.add(tf.math.mul(half(tf, p.x), half(tf, m)), half(tf, offset));
            return tf.dtypes.cast(y, TFloat32.class);
        });

        private final boolean hasGamma;
        private final boolean hasBeta;
        private final Builder builder;

        Written(boolean hasGamma, boolean hasBeta, Builder builder) {
            this.hasGamma = hasGamma;
            this.hasBeta = hasBeta;
            this.builder = builder;
        }

        /** Of the largest: a half has 11 bits. */
        double tolerance() {
            return this == IN_HALF_PRECISION ? 1e-3 : 1e-5;
        }
    }

    private Parts parts(Operand<TFloat32> x, int... shape) {
        var layer = sketch.layer("norm");
        return new Parts(
                x,
                meeting(layer, "mean", false, MEAN, shape),
                meeting(layer, "variance", false, VARIANCE, shape),
                meeting(layer, "gamma", true, GAMMA, shape),
                meeting(layer, "beta", true, BETA, shape));
    }

    private Operand<TFloat32> meeting(Ops layer, String name, boolean trainable, float[] values, int... shape) {
        var vector = sketch.variable(layer, name, trainable, CHANNELS, values);
        return shape.length == 0 ? vector : layer.reshape(vector, layer.constant(shape));
    }

    private record Trained(float[] y, float[] mean, float[] variance, int updates) {}

    private Trained train(Operand<TFloat32> normal, Shape shape) {
        sketch.momentum(MOMENTUM);
        var model = sketch.write(directory, normal, Map.of("normal", normal));
        var variables = ModelVariables.build(tf, "student", model);
        SessionRuns.run(session, List.of(variables.restore()));
        var images = tf.constant(shape, DataBuffers.of(IMAGES));
        var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
        var y = GraphRun.floats(session, List.of(student.logits()), student.updates());
        return new Trained(
                y.get(0),
                value(variables, "mean"),
                value(variables, "variance"),
                student.updates().size());
    }

    private float[] value(ModelVariables variables, String name) {
        var variable = variables.byHandle().values().stream()
                .filter(candidate -> candidate.name().endsWith("/" + name))
                .findFirst()
                .orElseThrow();
        return GraphRun.floats(session, variable.value());
    }

    @ParameterizedTest
    @EnumSource
    void everyFormIsTrainedByTheBatch(Written written) {
        var x = sketch.images(-1, 2, 1, 2);
        var trained = train(written.builder.build(sketch.layer("norm"), parts(x)), Shape.of(2, 2, 1, 2));
        assertTrained(trained, written.hasGamma, written.hasBeta, lastOfTwo(), 1, written.tolerance());
    }

    /** The channel of each of the eight values where the last axis of two has them. */
    private static List<Integer> lastOfTwo() {
        return List.of(0, 1, 0, 1, 0, 1, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({"2x2x1x2, 1x1x1x2, 01010101", "2x2x2, 2x1, 00110011", "2x2x1x2, 2x1x1, 00110011", "4x2, 1x2, 01010101"})
    void theAxisOfTheChannelsIsThatOfTheVectorsShape(String images, String vector, String channels) {
        var shape =
                Shape.of(sizes(images).stream().mapToLong(Integer::longValue).toArray());
        var open = shape.asArray().clone();
        open[0] = -1;
        var x = sketch.images(open);
        var parts = parts(x, sizes(vector).stream().mapToInt(Integer::intValue).toArray());
        var trained = train(Written.AS_TENSORFLOW.builder.build(sketch.layer("norm"), parts), shape);
        assertTrained(
                trained, true, true, channels.chars().mapToObj(c -> c - '0').toList(), 1, 1e-5);
    }

    private static List<Integer> sizes(String shape) {
        return java.util.Arrays.stream(shape.split("x")).map(Integer::valueOf).toList();
    }

    @Test
    void aFusedOneOverTheFirstAxisOfChannelsIsTrainedWithItsOwnVariance() {
        var x = sketch.images(-1, 2, 1, 2);
        var parts = parts(x);
        var normal = FusedBatchNorm.create(
                        sketch.layer("norm").scope(),
                        x,
                        parts.gamma,
                        parts.beta,
                        parts.mean,
                        parts.variance,
                        FusedBatchNorm.isTraining(false),
                        FusedBatchNorm.epsilon(EPSILON),
                        FusedBatchNorm.dataFormat("NCHW"))
                .y();
        var trained = train(normal, Shape.of(2, 2, 1, 2));
        assertTrained(trained, true, true, List.of(0, 0, 1, 1, 0, 0, 1, 1), 4. / 3, 1e-5);
    }

    @Test
    void whatIsAddedToANormalisedTensorIsNoBeta() {
        var x = sketch.images(-1, 2, 1, 2);
        var bare = Written.BARE.builder.build(sketch.layer("norm"), parts(x));
        var trained = train(sketch.tf().math.add(bare, x), Shape.of(2, 2, 1, 2));
        var shortcut = trained.y.clone();
        for (int i = 0; i < shortcut.length; i++) {
            shortcut[i] -= IMAGES[i];
        }
        assertTrained(
                new Trained(shortcut, trained.mean, trained.variance, trained.updates),
                false,
                false,
                lastOfTwo(),
                1,
                1e-5);
    }

    @Test
    void layerNormAndGroupNormAreLeftAlone() {
        var x = sketch.images(-1, 2, 1, 2);
        var parts = parts(x);
        var layer = sketch.layer("norm");
        for (var axes : List.of(new int[] {3}, new int[] {1, 2})) {
            var over = layer.constant(axes);
            var mean = layer.math.mean(x, over, Mean.keepDims(true));
            var variance = layer.math.mean(layer.math.squaredDifference(x, mean), over, Mean.keepDims(true));
            var own = new Parts(x, mean, variance, parts.gamma, parts.beta);
            for (var written : Written.values()) {
                written.builder.build(layer, own);
            }
        }
        assertThat(findAll()).isEmpty();
    }

    @Test
    void aNormalisationWithoutEpsilonUnderTheRootIsLeftAlone() {
        // as Keras' Normalization layer, whose mean and variance are of the data set and stay
        var x = sketch.images(-1, 2, 1, 2);
        var parts = parts(x);
        var layer = sketch.layer("norm");
        layer.math.div(
                layer.math.sub(x, parts.mean),
                layer.math.maximum(layer.math.sqrt(parts.variance), layer.constant(1e-7f)));
        assertThat(findAll()).isEmpty();
    }

    @Test
    void oneWhoseMeanAndVarianceAreConstantsIsLeftAlone() {
        var x = sketch.images(-1, 2, 1, 2);
        var layer = sketch.layer("norm");
        var parts = parts(x);
        var constant = new Parts(x, layer.constant(MEAN), layer.constant(VARIANCE), parts.gamma, parts.beta);
        for (var written : Written.values()) {
            written.builder.build(layer, constant);
        }
        assertThat(findAll()).isEmpty();
    }

    private List<BatchNorm> findAll() {
        try (sketch) {
            return BatchNorms.find(FlatGraph.of(sketch.graphDef()));
        }
    }

    private static void assertTrained(
            Trained trained,
            boolean hasGamma,
            boolean hasBeta,
            List<Integer> channels,
            double correction,
            double within) {
        var mean = new double[2];
        var variance = new double[2];
        int n = IMAGES.length / 2;
        for (int i = 0; i < IMAGES.length; i++) {
            mean[channels.get(i)] += (double) IMAGES[i] / n;
        }
        for (int i = 0; i < IMAGES.length; i++) {
            variance[channels.get(i)] += Math.pow(IMAGES[i] - mean[channels.get(i)], 2) / n;
        }
        var y = new ArrayList<Double>();
        for (int i = 0; i < IMAGES.length; i++) {
            int c = channels.get(i);
            double normal = (IMAGES[i] - mean[c]) / Math.sqrt(variance[c] + EPSILON);
            y.add((hasGamma ? GAMMA[c] : 1) * normal + (hasBeta ? BETA[c] : 0));
        }
        assertThat(trained.updates).isEqualTo(2);
        assertClose(trained.y, y, within);
        for (int c = 0; c < 2; c++) {
            mean[c] = MOMENTUM * MEAN[c] + (1 - MOMENTUM) * mean[c];
            variance[c] = MOMENTUM * VARIANCE[c] + (1 - MOMENTUM) * correction * variance[c];
        }
        assertClose(trained.mean, BatchNormModel.list(mean), within);
        assertClose(trained.variance, BatchNormModel.list(variance), within);
    }

    private static void assertClose(float[] actual, List<Double> expected, double within) {
        double largest = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
        assertThat(actual).hasSize(expected.size());
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected.get(i), Offset.offset(within * largest));
        }
    }
}
