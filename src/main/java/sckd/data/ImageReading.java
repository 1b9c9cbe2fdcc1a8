package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sckd.UserException;

/**
 * How files of images become a data set.
 *
 * @param size that all are brought to; empty: they have one size already
 * @param fit how they are brought to it
 * @param cropShare how much of the fitted window is kept, about its middle: more than 0 to 1; {@code 0.875} is the customary 224 of 256
 * @param channels 1, grey, or 3
 * @param testShare of the images of a set that comes without a test part: more than 0 to less than 1
 * @param splitSeed draws that part; not the experiment's seed, so that all its runs are tested on the same images
 * @param stream whether files are read anew in every epoch even where all images would fit
 * @param features of TFRecords
 */
public record ImageReading(
        Optional<ImageSize> size,
        Fit fit,
        float cropShare,
        int channels,
        float testShare,
        long splitSeed,
        boolean stream,
        RecordFeatures features) {
    public static final ImageReading DEFAULT =
            new ImageReading(Optional.empty(), Fit.CROP, 1, 3, .2f, 1, false, RecordFeatures.DEFAULT);

    public ImageReading {
        checkArgument(cropShare > 0 && cropShare <= 1, "crop-share is %s; expected more than 0 to 1", cropShare);
        size.ifPresent(frame -> checkArgument(
                (double) frame.height() * frame.width() * channels < 1 << 30,
                "size is %s; expected images of less than 1 GiB",
                frame));
        checkArgument(channels == 1 || channels == 3, "channels is %s; expected 1 or 3", channels);
        checkArgument(testShare > 0 && testShare < 1, "test-share is %s; expected more than 0 to below 1", testShare);
    }

    /** How an image is brought to another shape. */
    public enum Fit {
        /** Resized until its sides cover the size; what sticks out is cut off evenly. */
        CROP,
        /** Both sides resized, each by its own factor. */
        STRETCH
    }

    /** What can be told, named as in an experiment. */
    enum Key {
        SIZE(ImageReading::size),
        FIT(ImageReading::fit),
        CROP_SHARE(ImageReading::cropShare),
        CHANNELS(ImageReading::channels),
        TEST_SHARE(ImageReading::testShare),
        SPLIT_SEED(ImageReading::splitSeed),
        STREAM(ImageReading::stream),
        FEATURES(ImageReading::features);

        private final Function<ImageReading, Object> value;

        Key(Function<ImageReading, Object> value) {
            this.value = value;
        }

        private boolean isTold(ImageReading reading) {
            return !value.apply(reading).equals(value.apply(DEFAULT));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Refuses what would do nothing.
     *
     * @param files that are read
     * @param reason why these keys do nothing there, and what mends it
     * @throws UserException if one of them is not as by default
     */
    void refuse(Path files, String reason, Key... idle) {
        var told = Stream.of(idle)
                .filter(key -> key.isTold(this))
                .map(Key::toString)
                .collect(Collectors.joining(", "));
        if (!told.isEmpty()) {
            throw new UserException("%s: data.images (for one command: --image-size, --crop-share) has %s, but %s"
                    .formatted(files, told, reason));
        }
    }
}
