package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The head of TOFD (Zhang et al. 2020, "Task-Oriented Feature Distillation", NeurIPS) as its code has it: separable blocks, the mean over what is left of
 * the map, one dense layer. A block is depthwise 3×3 with stride 2, pointwise from c to c channels, batch norm, ReLU, depthwise 3×3, pointwise from c to 2c, batch
 * norm, ReLU; it halves the map and doubles the channels. On the stages of a network that does so too, a head with as many blocks as stages follow ends with as many
 * channels as the network.
 *
 * @param blocks at least 1
 */
public record SeparableHead(int blocks) implements Head {
    public SeparableHead {
        checkArgument(blocks >= 1, "blocks is %s; expected at least 1", blocks);
    }

    /** The layer is of maps {@code [batch, height, width, channels]}. */
    @Override
    public Tensors build(Ops tf, HeadLayers layers, Operand<TFloat32> feature, int classes) {
        if (feature.shape().numDimensions() != 4 || feature.shape().get(3) < 1) {
            throw layers.misfit(
                    feature,
                    "maps [batch, height, width, channels] of known channels: choose another layer, or the kind pooled");
        }
        var x = feature;
        for (int block = 1; block <= blocks; block++) {
            int channels = Math.toIntExact(x.shape().get(3));
            x = buildHalf(tf, layers, "block" + block + "/first", x, 2, channels);
            x = buildHalf(tf, layers, "block" + block + "/second", x, 1, 2 * channels);
        }
        var pooled = tf.math.mean(x, tf.constant(PooledHead.MAP));
        return new Tensors(pooled, layers.dense(tf, "classifier", pooled, classes));
    }

    private static Operand<TFloat32> buildHalf(
            Ops tf, HeadLayers layers, String name, Operand<TFloat32> x, int stride, int filters) {
        var depthwise = layers.depthwise(tf, name + "/depthwise", x, stride);
        var pointwise = layers.pointwise(tf, name + "/pointwise", depthwise, filters);
        return tf.nn.relu(layers.batchNorm(tf, name + "/norm", pointwise));
    }
}
