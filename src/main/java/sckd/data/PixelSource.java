package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Where each pixel of a batch comes from: the pixel in row i and column j shows the image's row {@code rows[i]} and column
 * {@code columns[j]}, or black where it is not visible. Places are int64 because TensorFlow computes with int32 on the host alone.
 *
 * @param rows {@code [batch or 1, height]}; anything where not visible
 * @param columns {@code [batch or 1, width]}, likewise
 * @param visible {@code [batch or 1, height, width]}
 */
public record PixelSource(
        Operand<TInt64> rows, Operand<TInt64> columns, Operand<TBool> visible, int height, int width) {
    /** Every pixel from its own place. */
    static PixelSource buildIdentity(Ops tf, int height, int width) {
        return new PixelSource(
                buildCount(tf, height),
                buildCount(tf, width),
                tf.constant(new boolean[][][] {{{true}}}),
                height,
                width);
    }

    /** The source when pixels come from other places; what lies outside the image there, or was hidden already, is not visible. */
    public PixelSource moveTo(Ops tf, Operand<TInt64> rows, Operand<TInt64> columns) {
        var rowInside = tf.expandDims(buildInside(tf, rows, height), tf.constant(2)); // [batch, height, 1]
        var columnInside = tf.expandDims(buildInside(tf, columns, width), tf.constant(1)); // [batch, 1, width]
        var inside = tf.math.logicalAnd(rowInside, columnInside);
        return new PixelSource(rows, columns, tf.math.logicalAnd(visible, inside), height, width);
    }

    /**
     * Moves the pixels.
     *
     * @param pixels {@code [batch, height, width, channels]}
     * @return the same shape
     */
    Operand<TFloat32> buildPixels(Ops tf, Operand<TFloat32> pixels, int channels) {
        var row = tf.expandDims(tf.math.mul(rows, tf.constant((long) width)), tf.constant(2));
        var place = tf.math.add(row, tf.expandDims(columns, tf.constant(1))); // [batch, height, width]
        var black = tf.constant((long) height * width);
        // One black pixel behind the image's own: cheaper than a mask over all channels.
        var flat = tf.reshape(pixels, tf.constant(new int[] {-1, height * width, channels}));
        var padded = tf.pad(flat, tf.constant(new int[][] {{0, 0}, {0, 1}, {0, 0}}), tf.constant(0f));
        return tf.gather(padded, tf.select(visible, place, black), tf.constant(1), Gather.batchDims(1L));
    }

    private static Operand<TBool> buildInside(Ops tf, Operand<TInt64> places, int size) {
        return tf.math.logicalAnd(
                tf.math.greaterEqual(places, tf.constant(0L)), tf.math.less(places, tf.constant((long) size)));
    }

    private static Operand<TInt64> buildCount(Ops tf, int size) {
        var count = new long[1][size];
        for (int i = 0; i < size; i++) {
            count[0][i] = i;
        }
        return tf.constant(count);
    }
}
