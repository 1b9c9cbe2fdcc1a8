package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Lists;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a model's input is made of pixels: {@code (pixel · scale − mean) / std}, by channel. Each model has its own.
 *
 * @param scale on pixels of 0 to 255, more than 0; {@link #FULL_RANGE} makes them 0 to 1
 * @param mean one for each channel, or one for all, of scaled pixels. With {@link #FULL_RANGE} 0 to 1: one beyond is most likely meant for
 *     pixels of 0 to 255, and would spoil every result without an error
 * @param std one for each channel, or one for all, more than 0
 */
public record Normalization(float scale, List<Float> mean, List<Float> std) {
    /** The scale that makes pixels 0 to 1. */
    public static final float FULL_RANGE = 1 / 255f;

    /** The one that leaves pixels as they are. */
    public static final Normalization OF_PIXELS = new Normalization(1, List.of(0f), List.of(1f));

    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        checkArgument(scale > 0 && Float.isFinite(scale), "scale is %s; expected more than 0 and finite", scale);
        checkArgument(
                mean.size() > 0 && std.size() > 0 && (mean.size() == std.size() || mean.size() == 1 || std.size() == 1),
                "mean has %s values and std %s; expected one a channel, or one for all",
                mean.size(),
                std.size());
        for (float value : mean) {
            checkArgument(
                    scale != FULL_RANGE || (value >= 0 && value <= 1),
                    "mean is %s; expected 0 to 1, in units of the full range: divide mean and std by 255, or state scale 1",
                    value);
            checkArgument(Float.isFinite(value), "mean is %s; expected a finite number", value);
        }
        for (float value : std) {
            checkArgument(value > 0 && Float.isFinite(value), "std is %s; expected more than 0 and finite", value);
        }
    }

    /** The usual one, of pixels of 0 to 1: {@code (pixel / 255 − mean) / std}. */
    public Normalization(List<Float> mean, List<Float> std) {
        this(FULL_RANGE, mean, std);
    }

    /** How many channels it is for; 1 is for any number. */
    public int channels() {
        return Math.max(mean.size(), std.size());
    }

    /** The same for channels in the other order. */
    public Normalization reversed() {
        return new Normalization(scale, Lists.reverse(mean), Lists.reverse(std));
    }

    /**
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @return the same shape, normalised
     */
    public Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels) {
        if (scale == FULL_RANGE) { // as one subtraction and one division
            return tf.math.div(tf.math.sub(pixels, constant(tf, mean, 255)), constant(tf, std, 255));
        }
        var scaled = scale == 1 ? pixels : tf.math.mul(pixels, tf.constant(scale));
        return tf.math.div(tf.math.sub(scaled, constant(tf, mean, 1)), constant(tf, std, 1));
    }

    private static Operand<TFloat32> constant(Ops tf, List<Float> values, float factor) {
        var product = new float[values.size()];
        for (int c = 0; c < product.length; c++) {
            product[c] = factor * values.get(c);
        }
        return tf.constant(product);
    }
}
