package sckd.zoo;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Mixes the channels of groups: of the {@code channels / groups} channels of each group first all the first ones, then all the second ones,
 * and so on (Zhang, Zhou, Lin and Sun, "ShuffleNet", CVPR 2018, arXiv:1707.01083, §3.1).
 */
public final class ChannelShuffle {
    private ChannelShuffle() {}

    /**
     * @param x {@code [batch, height, width, channels]}
     * @param groups divides the channels
     */
    public static Operand<TFloat32> build(Ops tf, Operand<TFloat32> x, int groups) {
        var shape = x.shape();
        int height = Math.toIntExact(shape.get(1));
        int width = Math.toIntExact(shape.get(2));
        int channels = Math.toIntExact(shape.get(3));
        var grouped = tf.reshape(x, tf.constant(new int[] {-1, groups, channels / groups}));
        var mixed = tf.linalg.transpose(grouped, tf.constant(new int[] {0, 2, 1}));
        return tf.reshape(mixed, tf.constant(new int[] {-1, height, width, channels}));
    }
}
