package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Hides a square of each image: DeVries and Taylor, "Improved regularization of convolutional neural networks with Cutout", 2017, arXiv:1708.04552. The
 * square's centre is a uniform pixel of the image, so that it may reach beyond the border.
 *
 * @param size of the square's sides in pixels, at least 1; the even square reaches one pixel further up and left of its centre
 * @param fill what it is filled with
 */
public record Cutout(int size, Fill fill) implements PixelAugmentation {
    public Cutout {
        checkArgument(size >= 1, "size is %s; expected at least 1", size);
    }

    /** What a hidden pixel shows. */
    public enum Fill {
        /** The mean of the training images, by channel: 0 after the customary input scaling, as in the paper. */
        MEAN,
        BLACK
    }

    /** The centre's row, its column. */
    @Override
    public int draws() {
        return 2;
    }

    @Override
    public Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels, Operand<TFloat32> draws, ImageStatistics images) {
        var rows = buildHidden(tf, draws, 0, pixels.shape().get(1));
        var columns = buildHidden(tf, draws, 1, pixels.shape().get(2));
        var hidden = tf.math.logicalAnd(
                tf.expandDims(rows, tf.constant(2)), tf.expandDims(columns, tf.constant(1))); // [batch, height, width]
        var colour = tf.constant(colour(images));
        var filled = tf.math.add(tf.zerosLike(pixels), colour);
        return tf.select(tf.expandDims(hidden, tf.constant(3)), filled, pixels);
    }

    /** Which rows, or columns, the square covers: {@code [batch, length]}. */
    private Operand<TBool> buildHidden(Ops tf, Operand<TFloat32> draws, int column, long length) {
        var draw = DrawColumns.build(tf, draws, column); // [batch, 1]
        var first = tf.math.sub(
                tf.math.floor(tf.math.mul(draw, tf.constant((float) length))), tf.constant((float) (size / 2)));
        var place = tf.math.sub(DrawColumns.buildCount(tf, length), first); // [batch, length]
        return tf.math.logicalAnd(
                tf.math.greaterEqual(place, tf.constant(0f)), tf.math.less(place, tf.constant((float) size)));
    }

    private float[] colour(ImageStatistics images) {
        var colour = new float[images.channels()];
        for (int channel = 0; channel < colour.length && fill == Fill.MEAN; channel++) {
            colour[channel] = images.mean().get(channel).floatValue();
        }
        return colour;
    }
}
