package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Optional;

/**
 * The names of what a TFRecord's {@code tf.Example} holds.
 *
 * @param image bytes: an encoded image, or raw pixels
 * @param label one whole number
 * @param text bytes: the class's name; may be missing in the records
 * @param firstLabel the number of the first class; ImageNet's records count from 1
 * @param raw shape of raw pixels of one byte each; empty: images are encoded
 */
public record RecordFeatures(String image, String label, String text, int firstLabel, Optional<RawShape> raw) {
    public static final RecordFeatures DEFAULT =
            new RecordFeatures("image/encoded", "image/class/label", "image/class/text", 0, Optional.empty());

    public RecordFeatures {
        checkArgument(firstLabel >= 0, "first-label is %s; expected at least 0", firstLabel);
    }

    /** Of raw pixels. */
    public record RawShape(int height, int width, int channels) {
        public RawShape {
            checkArgument(
                    height >= 1 && width >= 1 && channels >= 1 && (double) height * width * channels < 1 << 30,
                    "raw is %s, %s, %s; expected height, width and channels, each at least 1, of an image of less than 1 GiB",
                    height,
                    width,
                    channels);
        }

        /**
         * @throws IllegalArgumentException if these are not three sizes
         */
        public static RawShape of(List<Integer> sizes) {
            checkArgument(sizes.size() == 3, "raw has %s numbers; expected height, width and channels", sizes.size());
            return new RawShape(sizes.get(0), sizes.get(1), sizes.get(2));
        }

        public List<Integer> sizes() {
            return List.of(height, width, channels);
        }

        @Override
        public String toString() {
            return height + "x" + width + "x" + channels;
        }
    }
}
