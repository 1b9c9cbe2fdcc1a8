package sckd.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * The gradient of every kind of layer that our networks have, in float32, against central differences of the same layer in double precision.
 */
class LayerGradientTest {
    private static final long SEED = 20_210_501;
    private static final List<Long> STRIDE_1 = List.of(1L, 1L, 1L, 1L);
    private static final List<Long> STRIDE_2 = List.of(1L, 2L, 2L, 1L);
    private static final Shape IMAGES = Shape.of(2, 4, 4, 3);

    /** A layer of one or two inputs, in either precision. */
    private interface Layer {
        <T extends TNumber> Operand<T> build(Ops tf, List<Operand<T>> in);
    }

    @Test
    void convolution() {
        check(LayerGradientTest::convolution, IMAGES, Shape.of(3, 3, 3, 2));
    }

    private static <T extends TNumber> Operand<T> convolution(Ops tf, List<Operand<T>> in) {
        return tf.nn.conv2d(in.get(0), in.get(1), STRIDE_1, "SAME");
    }

    @Test
    void convolutionWithStride() {
        check(LayerGradientTest::convolutionWithStride, IMAGES, Shape.of(3, 3, 3, 2));
    }

    private static <T extends TNumber> Operand<T> convolutionWithStride(Ops tf, List<Operand<T>> in) {
        return tf.nn.conv2d(in.get(0), in.get(1), STRIDE_2, "SAME");
    }

    @Test
    void depthwiseConvolution() {
        check(LayerGradientTest::depthwiseConvolution, IMAGES, Shape.of(3, 3, 3, 2));
    }

    private static <T extends TNumber> Operand<T> depthwiseConvolution(Ops tf, List<Operand<T>> in) {
        return tf.nn.depthwiseConv2dNative(in.get(0), in.get(1), STRIDE_2, "SAME");
    }

    @Test
    void padThenConvolutionWithStride() {
        check(LayerGradientTest::padThenConvolutionWithStride, IMAGES, Shape.of(3, 3, 3, 2));
    }

    private static <T extends TNumber> Operand<T> padThenConvolutionWithStride(Ops tf, List<Operand<T>> in) {
        var padded = tf.pad(
                in.get(0),
                tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}),
                tf.dtypes.cast(tf.constant(0f), in.get(0).type()));
        return tf.nn.conv2d(padded, in.get(1), STRIDE_2, "VALID");
    }

    @Test
    void transposedConvolution() {
        check(LayerGradientTest::transposedConvolution, Shape.of(2, 2, 2, 3), Shape.of(4, 4, 2, 3));
    }

    private static <T extends TNumber> Operand<T> transposedConvolution(Ops tf, List<Operand<T>> in) {
        return tf.nn.conv2dBackpropInput(tf.array(2, 4, 4, 2), in.get(1), in.get(0), STRIDE_2, "SAME");
    }

    @Test
    void bias() {
        check(LayerGradientTest::bias, IMAGES, Shape.of(3));
    }

    private static <T extends TNumber> Operand<T> bias(Ops tf, List<Operand<T>> in) {
        return tf.nn.biasAdd(in.get(0), in.get(1));
    }

    @Test
    void batchNormInTraining() {
        check(LayerGradientTest::fusedBatchNorm, LayerGradientTest::batchNorm, IMAGES, Shape.of(3), Shape.of(3));
    }

    @SuppressWarnings("unchecked")
    private static <T extends TNumber> Operand<T> fusedBatchNorm(Ops tf, List<Operand<T>> in) {
        var none = tf.constant(new float[0]);
        var images = (Operand<TFloat32>) in.get(0);
        var scale = (Operand<TFloat32>) in.get(1);
        var offset = (Operand<TFloat32>) in.get(2);
        return (Operand<T>) tf.nn.fusedBatchNorm(
                        images,
                        scale,
                        offset,
                        none,
                        none,
                        FusedBatchNorm.epsilon(1e-3f),
                        FusedBatchNorm.isTraining(true))
                .y();
    }

    /** The formula, as the fused kernel has no double form. */
    private static <T extends TNumber> Operand<T> batchNorm(Ops tf, List<Operand<T>> in) {
        var axes = tf.array(0, 1, 2);
        var mean = tf.math.mean(in.get(0), axes);
        var centred = tf.math.sub(in.get(0), mean);
        var variance = tf.math.mean(tf.math.square(centred), axes);
        var epsilon = tf.dtypes.cast(tf.constant(1e-3), in.get(0).type());
        var normalised = tf.math.mul(centred, tf.math.rsqrt(tf.math.add(variance, epsilon)));
        return tf.math.add(tf.math.mul(normalised, in.get(1)), in.get(2));
    }

    @Test
    void maxPool() {
        check(LayerGradientTest::maxPool, IMAGES);
    }

    private static <T extends TNumber> Operand<T> maxPool(Ops tf, List<Operand<T>> in) {
        return tf.nn.maxPool(in.get(0), tf.array(1, 2, 2, 1), tf.array(1, 2, 2, 1), "VALID");
    }

    @Test
    void averagePool() {
        check(LayerGradientTest::averagePool, IMAGES);
    }

    private static <T extends TNumber> Operand<T> averagePool(Ops tf, List<Operand<T>> in) {
        return tf.nn.avgPool(in.get(0), STRIDE_2, STRIDE_2, "VALID");
    }

    @Test
    void globalAveragePool() {
        check(LayerGradientTest::globalAveragePool, IMAGES);
    }

    private static <T extends TNumber> Operand<T> globalAveragePool(Ops tf, List<Operand<T>> in) {
        return tf.math.mean(in.get(0), tf.array(1, 2));
    }

    @Test
    void flattenedDense() {
        check(LayerGradientTest::flattenedDense, IMAGES, Shape.of(48, 5));
    }

    private static <T extends TNumber> Operand<T> flattenedDense(Ops tf, List<Operand<T>> in) {
        return tf.linalg.matMul(tf.reshape(in.get(0), tf.array(-1, 48)), in.get(1));
    }

    @Test
    void relu() {
        check(LayerGradientTest::relu, IMAGES);
    }

    private static <T extends TNumber> Operand<T> relu(Ops tf, List<Operand<T>> in) {
        return tf.nn.relu(in.get(0));
    }

    @Test
    void add() {
        check(LayerGradientTest::add, IMAGES, IMAGES);
    }

    private static <T extends TNumber> Operand<T> add(Ops tf, List<Operand<T>> in) {
        return tf.math.add(in.get(0), in.get(1));
    }

    @Test
    void parameterFreeShortcut() {
        check(LayerGradientTest::parameterFreeShortcut, IMAGES);
    }

    /** Every second pixel, channels padded with zeros. */
    private static <T extends TNumber> Operand<T> parameterFreeShortcut(Ops tf, List<Operand<T>> in) {
        var sliced = StridedSlice.create(
                tf.scope(),
                in.get(0),
                tf.array(0, 0, 0, 0),
                tf.array(0, 0, 0, 0),
                tf.array(1, 2, 2, 1),
                StridedSlice.beginMask(15L),
                StridedSlice.endMask(15L));
        return tf.pad(
                sliced,
                tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 0}, {1, 2}}),
                tf.dtypes.cast(tf.constant(0f), in.get(0).type()));
    }

    @Test
    void softmax() {
        check(LayerGradientTest::softmax, Shape.of(3, 5));
    }

    private static <T extends TNumber> Operand<T> softmax(Ops tf, List<Operand<T>> in) {
        return tf.nn.softmax(in.get(0));
    }

    @Test
    void logSoftmax() {
        check(LayerGradientTest::logSoftmax, Shape.of(3, 5));
    }

    private static <T extends TNumber> Operand<T> logSoftmax(Ops tf, List<Operand<T>> in) {
        return tf.nn.logSoftmax(in.get(0));
    }

    private static void check(Layer layer, Shape... shapes) {
        check(layer, layer, shapes);
    }

    private static void check(Layer layer, Layer reference, Shape... shapes) {
        var random = new Random(SEED);
        var values = new ArrayList<double[]>();
        for (var shape : shapes) {
            // Floats, so that both precisions see the same numbers.
            values.add(random.doubles(shape.size(), -1, 1).map(x -> (float) x).toArray());
        }
        try (var graph = new TestGraph()) {
            var inputs = inputs(graph, TFloat32.class, shapes, values);
            var gradient = Gradient.build(graph.tf, buildScalar(graph.tf, layer.build(graph.tf, inputs)), inputs);
            var doubles = inputs(graph, TFloat64.class, shapes, values);
            var loss = buildScalar(graph.tf, reference.build(graph.tf, doubles));
            for (int i = 0; i < shapes.length; i++) {
                var actual = graph.read(gradient.components().get(i).orElseThrow());
                var expected = centralDifferences(graph, loss, doubles.get(i), shapes[i], values.get(i));
                double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
                assertThat(largest)
                        .as("largest component for input %s, seed %s", i, SEED)
                        .isGreaterThan(1e-3);
                assertThat(actual)
                        .as("gradient to input %s, seed %s", i, SEED)
                        .usingComparatorWithPrecision(1e-5 * largest)
                        .containsExactly(expected);
            }
        }
    }

    /** A scalar whose derivative differs from element to element in size and sign. */
    private static <T extends TNumber> Operand<T> buildScalar(Ops tf, Operand<T> result) {
        var three = tf.dtypes.cast(tf.constant(3f), result.type());
        return tf.math.mean(tf.math.sin(tf.math.mul(three, tf.reshape(result, tf.array(-1)))), tf.constant(0));
    }

    private static <T extends TNumber> List<Operand<T>> inputs(
            TestGraph graph, Class<T> type, Shape[] shapes, List<double[]> values) {
        var inputs = new ArrayList<Operand<T>>();
        for (int i = 0; i < shapes.length; i++) {
            inputs.add(graph.input(type, shapes[i], shapes[i], values.get(i)));
        }
        return inputs;
    }

    private static double[] centralDifferences(
            TestGraph graph, Operand<TFloat64> loss, Operand<TFloat64> input, Shape shape, double[] values) {
        double step = 1e-5;
        var slopes = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            var moved = values.clone();
            moved[i] = values[i] + step;
            graph.feed(input, shape, moved);
            double up = graph.readScalar(loss);
            moved[i] = values[i] - step;
            graph.feed(input, shape, moved);
            slopes[i] = (up - graph.readScalar(loss)) / (2 * step);
        }
        graph.feed(input, shape, values);
        return slopes;
    }
}
