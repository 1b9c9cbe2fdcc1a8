package sckd.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import sckd.savedmodel.SavedVariable;

/**
 * The layers that architectures are made of, for inference, NHWC. Each adds its ops and variables to the scope of the {@code tf} that it is
 * given ({@code stage1/conv1} makes {@code stage1/conv1/kernel}) and books what the network costs.
 */
final class Layers {
    /** PyTorch's default, with which the networks of the compared systems were trained; Keras' is 1e-3. */
    private static final float BATCH_NORM_EPSILON = 1e-5f;

    private final long seed;
    private final List<SavedVariable> variables = new ArrayList<>();
    private long multiplyAdds;

    Layers(long seed) {
        this.seed = seed;
    }

    /** In the order in which they were added. */
    List<SavedVariable> variables() {
        return List.copyOf(variables);
    }

    /** Numbers that training changes; moving averages are not among them. */
    long parameters() {
        return variables.stream()
                .filter(SavedVariable::trainable)
                .mapToLong(each -> each.variable().shape().size())
                .sum();
    }

    /** Of convolutions and dense layers, for one image. */
    long multiplyAdds() {
        return multiplyAdds;
    }

    /**
     * @param x {@code [batch, height, width, channels]}
     * @return {@code [batch, ⌈height / stride⌉, ⌈width / stride⌉, filters]}
     */
    Operand<TFloat32> conv(Ops tf, Operand<TFloat32> x, Convolution layer) {
        long channels = x.shape().get(3);
        int area = layer.size() * layer.size();
        double fan = area * (layer.init() == Convolution.Init.FAN_IN ? channels : (double) layer.filters());
        var kernel = addNormal(tf, Shape.of(layer.size(), layer.size(), channels, layer.filters()), 2 / fan);
        boolean strided = layer.stride() > 1;
        // At stride 2 TensorFlow's SAME pads an even image below and to the right only, PyTorch all around: the same
        // kernel would look at images shifted by a pixel, and published weights would not fit.
        var padded = strided ? pad(tf, x, layer.size() / 2) : x;
        long stride = layer.stride();
        Operand<TFloat32> y = tf.nn.conv2d(padded, kernel, List.of(1L, stride, stride, 1L), strided ? "VALID" : "SAME");
        multiplyAdds += y.shape().get(1) * y.shape().get(2) * area * channels * layer.filters();
        return layer.bias() == Convolution.Bias.ADDED ? addBias(tf, y) : y;
    }

    private static Operand<TFloat32> pad(Ops tf, Operand<TFloat32> x, int border) {
        if (border == 0) {
            return x;
        }
        var borders = new int[][] {{0, 0}, {border, border}, {border, border}, {0, 0}};
        return tf.pad(x, tf.constant(borders), tf.constant(0f));
    }

    /** {@code gamma · (x − moving_mean) / √(moving_variance + 1e-5) + beta} by channel, the last axis of four. */
    Operand<TFloat32> batchNorm(Ops tf, Operand<TFloat32> x) {
        var shape = Shape.of(x.shape().get(3));
        var gamma = addConstant(tf, "gamma", shape, 1, true);
        var beta = addConstant(tf, "beta", shape, 0, true);
        var mean = addConstant(tf, "moving_mean", shape, 0, false);
        var variance = addConstant(tf, "moving_variance", shape, 1, false);
        return tf.nn.fusedBatchNorm(
                        x,
                        gamma,
                        beta,
                        mean,
                        variance,
                        FusedBatchNorm.epsilon(BATCH_NORM_EPSILON),
                        FusedBatchNorm.isTraining(false))
                .y();
    }

    /** 2×2, stride 2; an odd row or column at the end is dropped, as PyTorch does. */
    Operand<TFloat32> maxPool(Ops tf, Operand<TFloat32> x) {
        // The operation MaxPool: tf.nn.maxPool adds MaxPoolV2, whose window is a tensor, which the TFLite converter
        // does not know.
        var window = new long[] {1, 2, 2, 1};
        return tf.scope()
                .opBuilder("MaxPool", "MaxPool")
                .addInput(x.asOutput())
                .setAttr("ksize", window)
                .setAttr("strides", window)
                .setAttr("padding", "VALID")
                .build()
                .output(0)
                .expect(TFloat32.class);
    }

    /** The end of a stage as a tensor of its own: TensorFlow-Java calls no signature in which two outputs are the same tensor. */
    Operand<TFloat32> end(Ops tf, Operand<TFloat32> x) {
        return tf.identity(x);
    }

    /** Mean over height and width: {@code [batch, channels]}. */
    Operand<TFloat32> globalAveragePool(Ops tf, Operand<TFloat32> x) {
        return tf.math.mean(x, tf.constant(new int[] {1, 2}));
    }

    /** {@code [batch, height · width · channels]}. */
    Operand<TFloat32> flatten(Ops tf, Operand<TFloat32> x) {
        long size = x.shape().get(1) * x.shape().get(2) * x.shape().get(3);
        return tf.reshape(x, tf.constant(new int[] {-1, Math.toIntExact(size)}));
    }

    /** A dense layer that a ReLU follows; He's normal kernel, variance {@code 2 / inputs}. */
    Operand<TFloat32> dense(Ops tf, Operand<TFloat32> x, int units) {
        return addDense(tf, x, units, 2);
    }

    /** The dense layer that gives the logits; no ReLU halves its output, so its kernel's variance is {@code 1 / inputs}. */
    Operand<TFloat32> classifier(Ops tf, Operand<TFloat32> x, int classes) {
        return addDense(tf, x, classes, 1);
    }

    private Operand<TFloat32> addDense(Ops tf, Operand<TFloat32> x, int units, double gain) {
        long inputs = x.shape().get(1);
        var kernel = addNormal(tf, Shape.of(inputs, units), gain / inputs);
        multiplyAdds += inputs * units;
        return addBias(tf, tf.linalg.matMul(x, kernel));
    }

    private Operand<TFloat32> addBias(Ops tf, Operand<TFloat32> x) {
        var shape = Shape.of(x.shape().get(x.shape().numDimensions() - 1));
        return tf.nn.biasAdd(x, addConstant(tf, "bias", shape, 0, true));
    }

    private Operand<TFloat32> addNormal(Ops tf, Shape shape, double variance) {
        var name = tf.scope().makeOpName("kernel");
        return add(tf, name, shape, true, () -> InitialValues.normal(seed, name, variance, count(shape)));
    }

    private Operand<TFloat32> addConstant(Ops tf, String role, Shape shape, float value, boolean trainable) {
        return add(
                tf, tf.scope().makeOpName(role), shape, trainable, () -> InitialValues.constant(value, count(shape)));
    }

    private Operand<TFloat32> add(Ops tf, String name, Shape shape, boolean trainable, Supplier<float[]> initialValue) {
        var variable = SavedVariable.build(tf, name, shape, trainable, initialValue);
        variables.add(variable);
        return variable.variable().value();
    }

    private static int count(Shape shape) {
        return Math.toIntExact(shape.size());
    }
}
