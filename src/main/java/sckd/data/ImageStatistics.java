package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;

/**
 * Mean and standard deviation of all pixels of a set, by channel.
 *
 * @param mean in units of pixels, 0 to 255
 * @param std likewise, of the whole set as the population
 */
public record ImageStatistics(List<Double> mean, List<Double> std) {
    public ImageStatistics {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** Whole numbers are summed, so the order does not matter. */
    public static ImageStatistics of(ImageSet images) {
        checkArgument(images.size() > 0, "no images; expected at least 1");
        int channels = images.channels();
        var counts = new long[channels][256];
        var pixels = images.pixels();
        for (int i = 0; i < pixels.length; i += channels) {
            for (int channel = 0; channel < channels; channel++) {
                counts[channel][pixels[i + channel] & 0xFF]++;
            }
        }
        var mean = new ArrayList<Double>();
        var std = new ArrayList<Double>();
        for (var count : counts) {
            double sum = 0;
            double squares = 0;
            double all = pixels.length / channels;
            for (int value = 0; value < count.length; value++) {
                sum += (double) count[value] * value;
                squares += (double) count[value] * value * value;
            }
            mean.add(sum / all);
            std.add(Math.sqrt(Math.max(0, squares / all - sum / all * (sum / all))));
        }
        return new ImageStatistics(mean, std);
    }

    int channels() {
        return mean.size();
    }

    /** As an input scaling, to three digits; the deviation of a set without any is taken as one step of 255. */
    Normalization toNormalization() {
        return new Normalization(
                mean.stream().map(value -> rounded(value / 255)).toList(),
                std.stream().map(value -> rounded(Math.max(1, value) / 255)).toList());
    }

    private static float rounded(double value) {
        return Math.round(value * 1000) / 1000f;
    }
}
