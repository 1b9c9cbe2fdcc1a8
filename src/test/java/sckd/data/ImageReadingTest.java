package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

/** What a set does nothing with is refused. */
class ImageReadingTest {
    private static final String TOLD = ": data.images (for one command: --image-size, --crop-share) has ";
    private static final Optional<ImageSize> SIZE = Optional.of(new ImageSize(1, 2));
    private static final Optional<ImageSize> NO_SIZE = Optional.empty();
    private static final RecordFeatures ENCODED = features(Optional.empty());
    private static final RecordFeatures RAW = features(Optional.of(new RecordFeatures.RawShape(1, 2, 3)));

    @TempDir
    private Path directory;

    private static RecordFeatures features(Optional<RecordFeatures.RawShape> raw) {
        return new RecordFeatures("image/encoded", "image/class/label", "image/class/text", 1, raw);
    }

    private static ImageReading all(Optional<ImageSize> size, RecordFeatures features) {
        return new ImageReading(size, ImageReading.Fit.STRETCH, .5f, 1, .4f, 2, true, features);
    }

    private static ImageReading split(float testShare, long splitSeed) {
        return new ImageReading(SIZE, ImageReading.Fit.CROP, 1, 3, testShare, splitSeed, false, RecordFeatures.DEFAULT);
    }

    private static void assertRefused(String set, Path path, ImageReading reading, String message) {
        assertThatThrownBy(() -> DataSets.all().get(set).read(path, reading))
                .isInstanceOf(UserException.class)
                .hasMessage(path + TOLD + message);
    }

    @Test
    void arraysAreShownAsTheyAre() {
        assertRefused(
                "npz",
                directory,
                all(SIZE, ENCODED),
                "fit, crop-share, channels, stream, features, but arrays are shown as they are: leave it out");
    }

    @Test
    void rawPixelsAreShownAsTheyAre() {
        assertRefused(
                "tfrecord",
                directory,
                all(SIZE, RAW),
                "size, fit, crop-share, channels, stream, but raw pixels (features.raw) are shown as they are: leave it out");
    }

    @Test
    void imageFilesHaveNoFeatures() {
        for (var set : List.of("image-folder", "imagenet", "tiny-imagenet")) {
            assertRefused(
                    set, directory, all(SIZE, ENCODED), "features, but image files are no TFRecords: leave it out");
        }
    }

    @Test
    void nothingIsCroppedOrStretchedToNoSize() {
        var message = "fit, crop-share, but no size, to which images are brought: set size as well, or leave it out";
        for (var set : List.of("image-folder", "imagenet", "tiny-imagenet")) {
            assertRefused(set, directory, all(NO_SIZE, RecordFeatures.DEFAULT), message);
        }
        assertRefused("tfrecord", directory, all(NO_SIZE, ENCODED), message);
    }

    @Test
    void noShareIsDrawnWhereThereAreTestImages() throws IOException {
        var npz = NpzReaderTest.write(
                directory.resolve("parts.npz"),
                Map.of(
                        "x_train", NpzReaderTest.npy("|u1", "(1, 1, 2)", new byte[2]),
                        "y_train", NpzReaderTest.npy("|u1", "(1,)", new byte[1]),
                        "x_test", NpzReaderTest.npy("|u1", "(1, 1, 2)", new byte[2]),
                        "y_test", NpzReaderTest.npy("|u1", "(1,)", new byte[1])));
        for (var file : List.of("train/a/1.png", "train/b/1.png", "val/a/1.png")) {
            ImageFolderReaderTest.paint(directory.resolve(file), 1, 2, (row, column) -> 0);
        }
        var message = "test-share, split-seed, but the set has test images of its own: leave it out";
        assertRefused("npz", npz, split(.4f, 2), message);
        assertRefused("image-folder", directory, split(.4f, 2), message);
        assertRefused("npz", npz, split(.2f, 2), message.replace("test-share, ", ""));
        assertThat(DataSets.all().get("npz").read(npz, split(.2f, 1)).test().size())
                .isEqualTo(1);
    }

    @Test
    void aShareIsDrawnOfArraysAlone() throws IOException {
        var npz = NpzReaderTest.write(
                directory.resolve("alone.npz"),
                Map.of(
                        "images", NpzReaderTest.npy("|u1", "(5, 1, 2)", new byte[10]),
                        "labels", NpzReaderTest.npy("|u1", "(5,)", new byte[5])));
        assertThat(DataSets.all().get("npz").read(npz, split(.4f, 2)).test().size())
                .isEqualTo(2);
    }
}
