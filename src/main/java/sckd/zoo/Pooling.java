package sckd.zoo;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Layers that sum maps up, NHWC, sized as PyTorch sizes them. */
public final class Pooling {
    private Pooling() {}

    /** The most of 2×2, stride 2; an odd row or column at the end is dropped. */
    public static Operand<TFloat32> max2x2(Ops tf, Operand<TFloat32> x) {
        return pool(tf, "MaxPool", x, 2);
    }

    /**
     * The most of 3×3, stride 2, padded by 1: half the size, rounded up.
     *
     * @param x after a ReLU: the padding is 0, which is never more than what is there
     */
    public static Operand<TFloat32> max3x3(Ops tf, Operand<TFloat32> x) {
        return pool(tf, "MaxPool", pad(tf, x, 1), 3);
    }

    /** The mean of 3×3, stride 2, padded by 1, zeros of the padding counted: half the size, rounded up. */
    public static Operand<TFloat32> mean3x3(Ops tf, Operand<TFloat32> x) {
        return pool(tf, "AvgPool", pad(tf, x, 1), 3);
    }

    /** Mean over height and width: {@code [batch, channels]}. */
    public static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
        return tf.math.mean(x, tf.constant(new int[] {1, 2}));
    }

    /** Zeros around each map. */
    public static Operand<TFloat32> pad(Ops tf, Operand<TFloat32> x, int border) {
        if (border == 0) {
            return x;
        }
        var borders = new int[][] {{0, 0}, {border, border}, {border, border}, {0, 0}};
        return tf.pad(x, tf.constant(borders), tf.constant(0f));
    }

    private static Operand<TFloat32> pool(Ops tf, String kind, Operand<TFloat32> x, long size) {
        // The operation MaxPool: tf.nn.maxPool adds MaxPoolV2, whose window is a tensor, which the TFLite converter
        // does not know.
        return tf.scope()
                .opBuilder(kind, kind)
                .addInput(x.asOutput())
                .setAttr("ksize", new long[] {1, size, size, 1})
                .setAttr("strides", new long[] {1, 2, 2, 1})
                .setAttr("padding", "VALID")
                .build()
                .output(0)
                .expect(TFloat32.class);
    }
}
