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
public final class Layers {
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
    public Operand<TFloat32> conv(Ops tf, Operand<TFloat32> x, Convolution layer) {
        long channels = x.shape().get(3);
        int area = layer.size() * layer.size();
        var kernel = addKernel(
                tf,
                Shape.of(layer.size(), layer.size(), channels, layer.filters()),
                layer.init(),
                new Init.Fans(area * channels, area * layer.filters()));
        long stride = layer.stride();
        Operand<TFloat32> y = tf.nn.conv2d(
                padFor(tf, x, layer.size(), stride), kernel, List.of(1L, stride, stride, 1L), padding(stride));
        multiplyAdds += y.shape().get(1) * y.shape().get(2) * area * channels * layer.filters();
        return layer.bias() == Convolution.Bias.ADDED ? addBias(tf, y) : y;
    }

    /**
     * A 1×1 convolution of each of some groups of neighbouring channels on its own; no bias. One kernel {@code [1, 1, channels / groups,
     * filters]}, whose filters belong to the groups one after the other.
     *
     * @param groups divides the channels and the filters
     */
    public Operand<TFloat32> groupedConv(Ops tf, Operand<TFloat32> x, int filters, int groups, Init init) {
        long channels = x.shape().get(3) / groups;
        var kernel = addKernel(tf, Shape.of(1, 1, channels, filters), init, new Init.Fans(channels, filters));
        multiplyAdds += x.shape().get(1) * x.shape().get(2) * channels * filters;
        // TensorFlow's Conv2D takes groups, but its gradient does so on a CPU only with oneDNN, which is not
        // everywhere.
        var inputs = tf.split(tf.constant(3), x, (long) groups).output();
        var kernels = tf.split(tf.constant(3), kernel, (long) groups).output();
        var results = new ArrayList<Operand<TFloat32>>();
        for (int g = 0; g < groups; g++) {
            results.add(tf.nn.conv2d(inputs.get(g), kernels.get(g), List.of(1L, 1L, 1L, 1L), "SAME"));
        }
        return tf.concat(results, tf.constant(3));
    }

    /** A 3×3 convolution of each channel on its own, padded like {@link #conv}; no bias. */
    public Operand<TFloat32> depthwiseConv(Ops tf, Operand<TFloat32> x, long stride, Init init) {
        long channels = x.shape().get(3);
        var kernel = addKernel(tf, Shape.of(3, 3, channels, 1), init, new Init.Fans(9, 9 * channels));
        Operand<TFloat32> y = tf.nn.depthwiseConv2dNative(
                padFor(tf, x, 3, stride), kernel, List.of(1L, stride, stride, 1L), padding(stride));
        multiplyAdds += y.shape().get(1) * y.shape().get(2) * 9 * channels;
        return y;
    }

    /**
     * At stride 2 TensorFlow's SAME pads an even image below and to the right only, PyTorch all around: the same kernel would look at images
     * shifted by a pixel, and published weights would not fit.
     */
    private static Operand<TFloat32> padFor(Ops tf, Operand<TFloat32> x, int size, long stride) {
        return stride > 1 ? Pooling.pad(tf, x, size / 2) : x;
    }

    private static String padding(long stride) {
        return stride > 1 ? "VALID" : "SAME";
    }

    /** {@code gamma · (x − moving_mean) / √(moving_variance + 1e-5) + beta} by channel, the last axis of four. */
    public Operand<TFloat32> batchNorm(Ops tf, Operand<TFloat32> x) {
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

    /** The end of a stage as a tensor of its own: TensorFlow-Java calls no signature in which two outputs are the same tensor. */
    public static Operand<TFloat32> end(Ops tf, Operand<TFloat32> x) {
        return tf.identity(x);
    }

    /** {@code [batch, height · width · channels]}. */
    public static Operand<TFloat32> flatten(Ops tf, Operand<TFloat32> x) {
        long size = x.shape().get(1) * x.shape().get(2) * x.shape().get(3);
        return tf.reshape(x, tf.constant(new int[] {-1, Math.toIntExact(size)}));
    }

    /** A dense layer that a ReLU follows; He's normal kernel, variance {@code 2 / inputs}. */
    public Operand<TFloat32> dense(Ops tf, Operand<TFloat32> x, int units) {
        return addDense(tf, x, units, Init.HE_FAN_IN);
    }

    /** The dense layer that gives the logits; no ReLU halves its output, so its kernel's variance is {@code 1 / inputs}. */
    public Operand<TFloat32> classifier(Ops tf, Operand<TFloat32> x, int classes) {
        return addDense(tf, x, classes, Init.NORMAL_FAN_IN);
    }

    /** The dense layer that gives the logits, its kernel as a network's authors have it. */
    public Operand<TFloat32> classifier(Ops tf, Operand<TFloat32> x, int classes, Init init) {
        return addDense(tf, x, classes, init);
    }

    private Operand<TFloat32> addDense(Ops tf, Operand<TFloat32> x, int units, Init init) {
        long inputs = x.shape().get(1);
        var kernel = addKernel(tf, Shape.of(inputs, units), init, new Init.Fans(inputs, units));
        multiplyAdds += inputs * units;
        return addBias(tf, tf.linalg.matMul(x, kernel));
    }

    private Operand<TFloat32> addBias(Ops tf, Operand<TFloat32> x) {
        var shape = Shape.of(x.shape().get(x.shape().numDimensions() - 1));
        return tf.nn.biasAdd(x, addConstant(tf, "bias", shape, 0, true));
    }

    private Operand<TFloat32> addKernel(Ops tf, Shape shape, Init init, Init.Fans fans) {
        var name = tf.scope().makeOpName("kernel");
        return add(tf, name, shape, true, () -> init.draw(seed, name, fans, count(shape)));
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
