package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Columns of a batch's random numbers. */
final class DrawColumns {
    private DrawColumns() {}

    /** Columns {@code from} to below {@code to}. */
    static Operand<TFloat32> build(Ops tf, Operand<TFloat32> draws, int from, int to) {
        return tf.slice(draws, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, to - from}));
    }

    /** One, {@code [batch, 1]}. */
    static Operand<TFloat32> build(Ops tf, Operand<TFloat32> draws, int column) {
        return build(tf, draws, column, column + 1);
    }

    /** One, {@code [batch]}. */
    static Operand<TFloat32> buildVector(Ops tf, Operand<TFloat32> draws, int column) {
        return tf.reshape(build(tf, draws, column), tf.constant(new int[] {-1}));
    }

    /** The numbers 0 to {@code size − 1}, {@code [1, size]}. */
    static Operand<TFloat32> buildCount(Ops tf, long size) {
        var count = new float[1][Math.toIntExact(size)];
        for (int i = 0; i < size; i++) {
            count[0][i] = i;
        }
        return tf.constant(count);
    }
}
