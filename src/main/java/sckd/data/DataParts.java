package sckd.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sckd.UserException;

/** What all sets of files end with: a test part, a place in memory or none, a scaling. */
final class DataParts {
    private DataParts() {}

    /** For a set that comes with a test part: none is drawn. */
    static void checkNotSplit(Path path, ImageReading reading) {
        reading.refuse(
                path,
                "the set has test images of its own: leave it out",
                ImageReading.Key.TEST_SHARE,
                ImageReading.Key.SPLIT_SEED);
    }

    /** Draws the test part of a set that comes without one. */
    static LabelledImages.HoldOut split(Path path, LabelledImages images, ImageReading reading) {
        int count = Math.round(images.size() * reading.testShare());
        if (count < 1 || count >= images.size()) {
            throw new UserException(
                    "%s: %s images, of which data.images.test-share %s leaves %s to be tested on; expected at least 1 to train and 1 to test on"
                            .formatted(path, images.size(), reading.testShare(), count));
        }
        return images.holdOut(count, reading.splitSeed());
    }

    /**
     * Reads images that fit into memory, leaves the others where they are.
     *
     * @param normalization empty: that of the training images
     */
    static DataSet finish(
            String name,
            List<String> classes,
            ImageFiles train,
            ImageFiles test,
            ImageReading reading,
            Optional<Normalization> normalization) {
        var shownTrain = place(train, reading);
        var scaling = normalization
                .filter(known -> known.mean().size() == train.channels())
                .orElseGet(() -> shownTrain.statistics().toNormalization());
        return new DataSet(name, classes, shownTrain, place(test, reading), scaling);
    }

    private static LabelledImages place(ImageFiles files, ImageReading reading) {
        return reading.stream() || files.bytes() > ImageFiles.MOST_BYTES ? files : files.inMemory();
    }
}
