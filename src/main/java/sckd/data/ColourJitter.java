package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import sckd.UserException;

/**
 * Changes brightness, contrast and saturation, in this order, each by a factor f uniform in {@code [1 − strength, 1 + strength]}: {@code f · pixel + (1 − f) ·
 * grey}, cut off at 0 and 255, where the grey is black, the mean luma of the image, the luma of the pixel. Luma is {@code 0.299 R + 0.587 G + 0.114 B} (ITU-R
 * BT.601), of an image of one channel the channel itself.
 *
 * @param brightness strength, 0 to 1; 0 changes nothing
 * @param contrast likewise
 * @param saturation likewise; an image of one channel has none
 */
public record ColourJitter(float brightness, float contrast, float saturation) implements PixelAugmentation {
    private static final float[] LUMA = {.299f, .587f, .114f};
    private static final float WHITE = 255;

    public ColourJitter {
        checkStrength("brightness", brightness);
        checkStrength("contrast", contrast);
        checkStrength("saturation", saturation);
    }

    private static void checkStrength(String name, float value) {
        checkArgument(value >= 0 && value <= 1, "%s is %s; expected 0 to 1", name, value);
    }

    @Override
    public int draws() {
        return 3;
    }

    @Override
    public Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels, Operand<TFloat32> draws, ImageStatistics images) {
        if (images.channels() != 1 && images.channels() != 3) {
            throw new UserException(
                    "data.augment: colour-jitter is for images of 1 or 3 channels; these have " + images.channels());
        }
        var bright = buildBlend(tf, pixels, tf.constant(0f), buildFactor(tf, draws, 0, brightness));
        var mean = buildMean(tf, buildLuma(tf, bright));
        var contrasted = buildBlend(tf, bright, mean, buildFactor(tf, draws, 1, contrast));
        return buildBlend(tf, contrasted, buildLuma(tf, contrasted), buildFactor(tf, draws, 2, saturation));
    }

    /** {@code [batch, 1, 1, 1]} */
    private static Operand<TFloat32> buildFactor(Ops tf, Operand<TFloat32> draws, int column, float strength) {
        var draw = tf.reshape(DrawColumns.build(tf, draws, column), tf.constant(new int[] {-1, 1, 1, 1}));
        return tf.math.add(tf.math.mul(draw, tf.constant(2 * strength)), tf.constant(1 - strength));
    }

    private static Operand<TFloat32> buildBlend(
            Ops tf, Operand<TFloat32> pixels, Operand<TFloat32> grey, Operand<TFloat32> factor) {
        var blend = tf.math.add(tf.math.mul(pixels, factor), tf.math.mul(grey, tf.math.sub(tf.constant(1f), factor)));
        return tf.math.minimum(tf.math.maximum(blend, tf.constant(0f)), tf.constant(WHITE));
    }

    /** {@code [batch, height, width, 1]} */
    private static Operand<TFloat32> buildLuma(Ops tf, Operand<TFloat32> pixels) {
        return pixels.shape().get(3) == 1
                ? pixels
                : tf.reduceSum(tf.math.mul(pixels, tf.constant(LUMA)), tf.constant(3), ReduceSum.keepDims(true));
    }

    /** Of each image, {@code [batch, 1, 1, 1]}. Whole numbers in float64 add up alike in any order, so alike in every batch. */
    private static Operand<TFloat32> buildMean(Ops tf, Operand<TFloat32> luma) {
        var whole = tf.dtypes.cast(tf.math.rint(luma), TFloat64.class);
        var sum = tf.reduceSum(whole, tf.constant(new int[] {1, 2}), ReduceSum.keepDims(true));
        double pixels = luma.shape().get(1) * luma.shape().get(2);
        return tf.dtypes.cast(tf.math.div(sum, tf.constant(pixels)), TFloat32.class);
    }
}
