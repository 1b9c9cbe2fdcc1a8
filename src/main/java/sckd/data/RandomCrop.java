package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Pads the image with zeros (black, before normalisation) on every side and cuts a window of the original size at a uniform place.
 *
 * @param padding pixels, at least 1; the window moves by {@code −padding} to {@code padding} in each direction
 */
public record RandomCrop(int padding) implements PlaceAugmentation {
    public RandomCrop {
        checkArgument(padding >= 1, "padding is %s; expected at least 1", padding);
    }

    /** The vertical place, the horizontal place. */
    @Override
    public int draws() {
        return 2;
    }

    @Override
    public PixelSource build(Ops tf, PixelSource source, Operand<TFloat32> draws) {
        // No draw reaches 1, and the float32 product stays below 2·padding + 1: the rounding step below it is smaller
        // than the gap.
        var place = tf.math.floor(tf.math.mul(draws, tf.constant(2f * padding + 1)));
        var shift = tf.dtypes.cast(tf.math.sub(place, tf.constant((float) padding)), TInt64.class); // [batch, 2]
        var down = tf.slice(shift, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1}));
        var right = tf.slice(shift, tf.constant(new int[] {0, 1}), tf.constant(new int[] {-1, 1}));
        return source.moveTo(tf, tf.math.add(source.rows(), down), tf.math.add(source.columns(), right));
    }
}
