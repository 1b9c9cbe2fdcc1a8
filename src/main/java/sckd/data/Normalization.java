package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a model's input is made of pixels: {@code (pixel / 255 − mean) / std}, by channel. Each model has its own.
 *
 * @param mean one for each channel, 0 to 1, in units of the full range: one beyond is most likely meant for pixels of 0 to 255, and would spoil
 *     every result without an error
 * @param std one for each channel, more than 0
 */
public record Normalization(List<Float> mean, List<Float> std) {
    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        checkArgument(
                mean.size() == std.size(),
                "mean has %s values and std %s; expected one a channel",
                mean.size(),
                std.size());
        for (float value : mean) {
            checkArgument(
                    value >= 0 && value <= 1,
                    "mean is %s; expected 0 to 1, in units of the full range: divide mean and std by 255",
                    value);
        }
        for (float value : std) {
            checkArgument(value > 0 && Float.isFinite(value), "std is %s; expected more than 0 and finite", value);
        }
    }

    /** The one that leaves pixels as they are, to float rounding: mean 0, std 1 / 255. */
    public static Normalization ofPixels(int channels) {
        return new Normalization(Collections.nCopies(channels, 0f), Collections.nCopies(channels, 1 / 255f));
    }

    /**
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @return the same shape, normalised
     */
    public Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels) {
        var scale = new float[std.size()];
        var offset = new float[std.size()];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = 255 * std.get(c);
            offset[c] = 255 * mean.get(c);
        }
        return tf.math.div(tf.math.sub(pixels, tf.constant(offset)), tf.constant(scale));
    }
}
