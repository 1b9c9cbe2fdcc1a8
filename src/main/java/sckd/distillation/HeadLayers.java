package sckd.distillation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.Variable;

/**
 * The layers that heads are made of, NHWC, in training or for inference: so that a {@link Head} is written once. Each has a name, unique in its head, after which
 * its variables are called: {@code heads/HEAD/NAME/kernel}.
 */
public final class HeadLayers {
    private final NamedHead head;
    private final float momentum;
    private final long seed;
    /** Empty in training. */
    private final Optional<Values> frozen;

    private final List<Adapter> variables = new ArrayList<>();
    private final List<Op> updates = new ArrayList<>();

    /** Where a frozen head's values come from. */
    @FunctionalInterface
    public interface Values {
        /**
         * Adds a variable's value.
         *
         * @param name of the variable
         * @param first what it is before any training, row by row
         */
        Operand<TFloat32> build(Ops tf, String name, Shape shape, float[] first);
    }

    private HeadLayers(NamedHead head, float momentum, long seed, Optional<Values> frozen) {
        this.head = head;
        this.momentum = momentum;
        this.seed = seed;
        this.frozen = frozen;
    }

    static HeadLayers training(NamedHead head, float momentum, long seed) {
        return new HeadLayers(head, momentum, seed, Optional.empty());
    }

    static HeadLayers frozen(NamedHead head, Values values, long seed) {
        return new HeadLayers(head, 0, seed, Optional.of(values));
    }

    /** Those that were added, in order; none of a frozen head. */
    List<Adapter> variables() {
        return List.copyOf(variables);
    }

    List<Op> updates() {
        return List.copyOf(updates);
    }

    /**
     * A 3×3 convolution of each channel on its own with a pixel of zeros all around, no bias; He normal by fan in.
     *
     * @param x {@code [batch, height, width, channels]}
     * @return {@code [batch, ⌈height / stride⌉, ⌈width / stride⌉, channels]}
     */
    public Operand<TFloat32> depthwise(Ops tf, String name, Operand<TFloat32> x, long stride) {
        var scope = scope(tf, name);
        var kernel = addNormal(scope, name + "/kernel", Shape.of(3, 3, channels(x), 1), 2.0 / 9);
        // TensorFlow's SAME would pad an even map below and to the right alone where the stride is 2.
        var around = scope.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}});
        var padded = scope.pad(x, around, scope.constant(0f));
        return scope.nn.depthwiseConv2dNative(padded, kernel, List.of(1L, stride, stride, 1L), "VALID");
    }

    /** A 1×1 convolution without bias; He normal. */
    public Operand<TFloat32> pointwise(Ops tf, String name, Operand<TFloat32> x, int filters) {
        var scope = scope(tf, name);
        int channels = channels(x);
        var kernel = addNormal(scope, name + "/kernel", Shape.of(1, 1, channels, filters), 2.0 / channels);
        return scope.nn.conv2d(x, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
    }

    /**
     * Batch norm by channel, the last axis of four, ε = 1e-5: in training over the batch, {@code moving ← momentum · moving + (1 − momentum) · batch}, for inference
     * by the moving averages.
     */
    public Operand<TFloat32> batchNorm(Ops tf, String name, Operand<TFloat32> x) {
        var scope = scope(tf, name);
        var shape = Shape.of(channels(x));
        var scale = add(scope, name + "/scale", shape, true, Adapter.constant(1, shape));
        var offset = add(scope, name + "/offset", shape, true, Adapter.constant(0, shape));
        var mean = add(scope, name + "/moving_mean", shape, false, Adapter.constant(0, shape));
        var variance = add(scope, name + "/moving_variance", shape, false, Adapter.constant(1, shape));
        if (frozen.isPresent()) {
            return ChannelNorm.buildByAverages(scope, x, scale, offset, mean, variance);
        }
        var normalised = ChannelNorm.buildOverBatch(scope, x, scale, offset);
        int averages = variables.size() - 2;
        updates.add(buildUpdate(scope, variables.get(averages).variable(), normalised.batchMean()));
        updates.add(buildUpdate(scope, variables.get(averages + 1).variable(), normalised.batchVariance()));
        return normalised.y();
    }

    private Op buildUpdate(Ops tf, Variable moving, Operand<TFloat32> batch) {
        var kept = tf.math.mul(moving.value(), tf.constant(momentum));
        return moving.buildAssign(tf, tf.math.add(kept, tf.math.mul(batch, tf.constant(1 - momentum))));
    }

    /**
     * A dense layer with bias that no ReLU follows, such as one that gives logits; normal kernel with variance {@code 1 / inputs}, bias 0.
     *
     * @param x {@code [batch, inputs]}
     */
    public Operand<TFloat32> dense(Ops tf, String name, Operand<TFloat32> x, int units) {
        var scope = scope(tf, name);
        int inputs = channels(x);
        var kernel = addNormal(scope, name + "/kernel", Shape.of(inputs, units), 1.0 / inputs);
        var bias = add(scope, name + "/bias", Shape.of(units), true, Adapter.constant(0, Shape.of(units)));
        return scope.nn.biasAdd(scope.linalg.matMul(x, kernel), bias);
    }

    /** To be thrown where a head cannot stand on its layer. */
    public UserException misfit(Operand<TFloat32> feature, String expected) {
        return new UserException("head '%s': layer '%s' is %s; expected %s"
                .formatted(head.name(), head.layer(), KnowledgeShapes.describe(feature), expected));
    }

    private Operand<TFloat32> addNormal(Ops tf, String name, Shape shape, double variance) {
        return add(tf, name, shape, true, Adapter.normal(fullName(name), variance, shape, seed));
    }

    private Operand<TFloat32> add(Ops tf, String name, Shape shape, boolean trainable, float[] first) {
        if (frozen.isPresent()) {
            return frozen.get().build(tf, fullName(name), shape, first);
        }
        var variable = Adapter.build(tf, fullName(name), shape, trainable, first);
        variables.add(variable);
        return variable.variable().value();
    }

    private String fullName(String name) {
        return NamedHead.PREFIX + head.name() + "/" + name;
    }

    private static Ops scope(Ops tf, String name) {
        return tf.withSubScope(name.replace('/', '-'));
    }

    private static int channels(Operand<TFloat32> x) {
        return Math.toIntExact(x.shape().get(x.shape().numDimensions() - 1));
    }
}
