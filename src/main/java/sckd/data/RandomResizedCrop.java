package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Cuts a window of random area and shape and resizes it to the image's size, bilinearly: Szegedy et al., "Going deeper with convolutions", 2015,
 * arXiv:1409.4842, section 6. The window's area is uniform in {@code [smallest, 1]} of the image's; the logarithm of its width by its height is uniform in {@code
 * [−log aspect, log aspect]}; a side that would not fit is the image's; its place is uniform.
 *
 * @param smallest area as a share of the image's, more than 0, at most 1; customary is 0.08
 * @param aspect the greatest ratio of the sides, at least 1; customary is 4/3
 */
public record RandomResizedCrop(float smallest, float aspect) implements PixelAugmentation {
    public RandomResizedCrop {
        checkArgument(smallest > 0 && smallest <= 1, "smallest is %s; expected more than 0 to 1", smallest);
        checkArgument(aspect >= 1 && Float.isFinite(aspect), "aspect is %s; expected at least 1", aspect);
    }

    /** Area, shape, vertical place, horizontal place. */
    @Override
    public int draws() {
        return 4;
    }

    @Override
    public Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels, Operand<TFloat32> draws, ImageStatistics images) {
        int height = Math.toIntExact(pixels.shape().get(1));
        int width = Math.toIntExact(pixels.shape().get(2));
        var area = tf.math.mul(
                tf.constant((float) height * width),
                tf.math.add(
                        tf.constant(smallest),
                        tf.math.mul(tf.constant(1 - smallest), DrawColumns.buildVector(tf, draws, 0))));
        float logAspect = (float) Math.log(aspect);
        var turn = tf.math.sub(
                tf.math.mul(tf.constant(2 * logAspect), DrawColumns.buildVector(tf, draws, 1)), tf.constant(logAspect));
        var shape = tf.math.exp(turn); // width by height
        var rows =
                Side.build(tf, tf.math.sqrt(tf.math.div(area, shape)), DrawColumns.buildVector(tf, draws, 2), height);
        var columns =
                Side.build(tf, tf.math.sqrt(tf.math.mul(area, shape)), DrawColumns.buildVector(tf, draws, 3), width);
        return columns.build(tf, rows.build(tf, pixels, 1), 2);
    }

    /**
     * Where the output's rows, or columns, lie in the input: between two neighbours.
     *
     * @param low the first neighbour, {@code [batch, length]}
     * @param high the second
     * @param share of the second, 0 to 1
     */
    private record Side(Operand<TInt64> low, Operand<TInt64> high, Operand<TFloat32> share) {
        /**
         * @param wanted size of the window, {@code [batch]}
         * @param draw of its place, {@code [batch]}
         */
        static Side build(Ops tf, Operand<TFloat32> wanted, Operand<TFloat32> draw, int length) {
            var size = tf.math.minimum(wanted, tf.constant((float) length));
            var start = tf.math.mul(draw, tf.math.sub(tf.constant((float) length), size));
            // a pixel's centre is half a pixel from its border, in the output as in the input
            var centres = tf.math.add(DrawColumns.buildCount(tf, length), tf.constant(0.5f)); // [1, length]
            var step = tf.expandDims(tf.math.div(size, tf.constant((float) length)), tf.constant(1));
            var places = tf.math.add(
                    tf.expandDims(tf.math.sub(start, tf.constant(0.5f)), tf.constant(1)), tf.math.mul(centres, step));
            var last = tf.constant(length - 1f);
            var inside = tf.math.minimum(tf.math.maximum(places, tf.constant(0f)), last); // [batch, length]
            var low = tf.math.floor(inside);
            var high = tf.math.minimum(tf.math.add(low, tf.constant(1f)), last);
            return new Side(
                    tf.dtypes.cast(low, TInt64.class), tf.dtypes.cast(high, TInt64.class), tf.math.sub(inside, low));
        }

        /**
         * Interpolates along one axis.
         *
         * @param axis 1, the rows, or 2, the columns
         */
        Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels, int axis) {
            var below = tf.gather(pixels, low, tf.constant(axis), Gather.batchDims(1L));
            var above = tf.gather(pixels, high, tf.constant(axis), Gather.batchDims(1L));
            var lengths = new int[] {-1, 1, 1, 1};
            lengths[axis] = Math.toIntExact(pixels.shape().get(axis));
            var weight = tf.reshape(share, tf.constant(lengths));
            return tf.math.add(below, tf.math.mul(weight, tf.math.sub(above, below)));
        }
    }
}
