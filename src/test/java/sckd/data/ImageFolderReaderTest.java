package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class ImageFolderReaderTest {
    @TempDir
    private Path directory;

    /** What a pixel shows, as 0xRRGGBB. */
    interface Painter {
        int colour(int row, int column);
    }

    static void paint(Path file, int height, int width, Painter painter) throws IOException {
        Files.createDirectories(file.getParent());
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                image.setRGB(column, row, painter.colour(row, column));
            }
        }
        var name = file.toString();
        assertThat(ImageIO.write(
                        image,
                        name.substring(name.lastIndexOf('.') + 1).toLowerCase().replace("jpeg", "jpg"),
                        file.toFile()))
                .isTrue();
    }

    private static int grey(int value) {
        return value * 0x010101;
    }

    private void paint(String file, int value) throws IOException {
        paint(directory.resolve(file), 4, 6, (row, column) -> grey(value));
    }

    private static ImageReading sized(int height, int width, ImageReading.Fit fit, float share) {
        return new ImageReading(
                Optional.of(new ImageSize(height, width)), fit, share, 3, .2f, 1, false, RecordFeatures.DEFAULT);
    }

    @Test
    void classesAreTheDirectoriesInTheOrderOfTheirNames() throws IOException {
        paint("train/dog/b.png", 20);
        paint("train/dog/a.png", 10);
        paint("train/cat/deep/1.png", 30);
        paint("test/dog/x.png", 40);
        Files.writeString(directory.resolve("train/dog/notes.txt"), "no image");
        Files.createDirectory(directory.resolve("train/.git"));

        var set = ImageFolderReader.ANY.read(directory);

        assertThat(set.classes()).containsExactly("cat", "dog");
        assertThat(set.train().labels()).containsExactly(0, 1, 1);
        assertThat(set.test().labels()).containsExactly(1);
        assertThat(set.train().height()).isEqualTo(4);
        assertThat(set.train().width()).isEqualTo(6);
        var pixels = set.train().inMemory().pixels();
        assertThat(new int[] {pixels[0], pixels[72], pixels[144]}).containsExactly(30, 10, 20);
        assertThat(set.normalization().mean()).containsExactly(.078f, .078f, .078f); // 20 / 255
        assertThat(set.normalization().std().get(0)).isCloseTo((float) (Math.sqrt(200 / 3.0) / 255), within(6e-4f));
    }

    @Test
    void channelsAndRowsKeepTheirPlaces() throws IOException {
        paint(directory.resolve("a/1.png"), 4, 6, (row, column) -> row << 16 | column << 8 | 7);
        paint("b/1.png", 0);
        paint("b/2.png", 0);
        var reading =
                new ImageReading(Optional.empty(), ImageReading.Fit.CROP, 1, 3, .34f, 3, false, RecordFeatures.DEFAULT);
        var set = ImageFolderReader.ANY.read(directory, reading);
        assertThat(set.train().size()).isEqualTo(2);
        assertThat(set.test().size()).isEqualTo(1);
        var images = set.train().labels()[0] == 0 ? set.train() : set.test();
        assertThat(images.labels()[0]).isZero();
        var pixels = images.inMemory().pixels();
        for (int place = 0; place < 24; place++) {
            assertThat(pixels[3 * place]).isEqualTo((byte) (place / 6));
            assertThat(pixels[3 * place + 1]).isEqualTo((byte) (place % 6));
            assertThat(pixels[3 * place + 2]).isEqualTo((byte) 7);
        }
    }

    @Test
    void tinyImageNetHasItsTestImagesInAListAndWordsForItsClasses() throws IOException {
        var root = "tiny-imagenet-200/";
        paint(root + "train/n02/images/n02_0.JPEG", 100);
        paint(root + "train/n01/images/n01_0.JPEG", 50);
        paint(root + "val/images/val_0.JPEG", 101);
        paint(root + "val/images/val_1.JPEG", 51);
        paint(root + "test/images/test_0.JPEG", 51);
        Files.writeString(
                directory.resolve(root + "val/val_annotations.txt"),
                "val_0.JPEG\tn02\t0\t0\t3\t3\nval_1.JPEG\tn01\t0\t0\t3\t3\n");
        Files.writeString(directory.resolve(root + "words.txt"), "n00\tnothing\nn01\tgoldfish, fish\n");

        var set = ImageFolderReader.TINY_IMAGENET.read(directory);

        assertThat(set.classes()).containsExactly("goldfish, fish", "n02");
        assertThat(set.train().labels()).containsExactly(0, 1);
        assertThat(set.test().labels()).containsExactly(1, 0);
        assertThat(set.test().inMemory().pixels()[0] & 0xFF).isBetween(100, 102);
        assertThat(set.normalization().mean()).containsExactly(.485f, .456f, .406f);
    }

    @Test
    void cropKeepsTheMiddleAndItsShape() throws IOException {
        // 8 columns, the outer two on each side black; a square of the middle is white throughout
        paint(directory.resolve("a/1.png"), 4, 8, (row, column) -> column < 2 || column > 5 ? 0 : grey(255));
        paint("b/1.png", 0);
        paint("b/2.png", 0);
        for (float share : new float[] {1, .5f}) {
            var set = ImageFolderReader.ANY.read(directory, sized(4, 4, ImageReading.Fit.CROP, share));
            var images = set.train().labels()[0] == 0 ? set.train() : set.test();
            assertThat(images.labels()[0]).isZero();
            var white = new byte[48];
            Arrays.fill(white, (byte) 255);
            assertThat(images.inMemory().pixels()).startsWith(white);
        }
    }

    @Test
    void imagesOfAnySizeAreResizedBySmoothing() throws IOException {
        // stripes finer than the small image's pixels come out as their mean
        paint(directory.resolve("a/1.png"), 64, 64, (row, column) -> column % 2 == 0 ? 0 : grey(200));
        paint(directory.resolve("b/1.png"), 16, 16, (row, column) -> grey(50));
        paint(directory.resolve("b/2.png"), 40, 20, (row, column) -> grey(50));
        for (var fit : ImageReading.Fit.values()) {
            var set = ImageFolderReader.ANY.read(directory, sized(8, 8, fit, 1));
            for (var images : new LabelledImages[] {set.train(), set.test()}) {
                for (int image = 0; image < images.size(); image++) {
                    int expected = images.labels()[image] == 0 ? 100 : 50;
                    for (int i = 0; i < 8 * 8 * 3; i++) {
                        int inner = (i / 3) % 8;
                        if (inner > 0 && inner < 7) {
                            assertThat(images.inMemory().pixels()[image * 192 + i] & 0xFF)
                                    .isBetween(expected - 2, expected + 2);
                        }
                    }
                }
            }
        }
    }

    /** Numbers of TensorFlow 2.18 in Python: {@code tf.image.resize(…, antialias=True)} of the image below, rounded; of the crop, columns 1 to 4 of six. */
    @Test
    void resizedPixelsAreThoseOfTensorFlowsResize() throws IOException {
        for (var file : new String[] {"a/1.png", "b/1.png", "b/2.png"}) {
            paint(directory.resolve(file), 12, 18, (row, column) -> grey((row * 20 + column * 11) % 256));
        }
        int[] cropped = {69, 102, 135, 168, 124, 157, 190, 198, 184, 192, 143, 71, 186, 76, 53, 82};
        int[] stretched = {
            30, 55, 84, 112, 140, 169, 194, 74, 99, 127, 156, 184, 205, 171, 122, 147, 175, 203, 194, 124, 47, 170, 195,
            198, 132, 62, 55, 77, 213, 200, 92, 42, 67, 96, 121
        };
        assertFirstPixels(sized(4, 4, ImageReading.Fit.CROP, 1), cropped);
        assertFirstPixels(sized(5, 7, ImageReading.Fit.STRETCH, 1), stretched);
    }

    private void assertFirstPixels(ImageReading reading, int[] expected) {
        var pixels = ImageFolderReader.ANY
                .read(directory, reading)
                .train()
                .inMemory()
                .pixels();
        for (int i = 0; i < expected.length; i++) {
            assertThat(pixels[3 * i] & 0xFF).as("pixel %d", i).isEqualTo(expected[i]);
        }
    }

    @Test
    void greyIsOneChannelWhereAskedFor() throws IOException {
        paint("train/a/1.png", 10);
        paint("train/b/1.jpg", 20);
        paint("val/a/1.png", 30);
        var reading =
                new ImageReading(Optional.empty(), ImageReading.Fit.CROP, 1, 1, .2f, 1, false, RecordFeatures.DEFAULT);
        var set = ImageFolderReader.IMAGENET.read(directory, reading);
        assertThat(set.train().channels()).isEqualTo(1);
        assertThat(set.train().inMemory().pixels()).hasSize(2 * 24);
        assertThat(set.normalization().mean())
                .as("ImageNet's is for three channels")
                .hasSize(1);
    }

    @Test
    void thePartForTheTestFollowsItsOwnSeed() throws IOException {
        for (int i = 0; i < 20; i++) {
            paint((i % 2 == 0 ? "a/" : "b/") + i + ".png", i);
        }
        var one = ImageFolderReader.ANY.read(directory);
        assertThat(one.test().size()).isEqualTo(4);
        var two = ImageFolderReader.ANY.read(
                directory,
                new ImageReading(Optional.empty(), ImageReading.Fit.CROP, 1, 3, .2f, 2, false, RecordFeatures.DEFAULT));
        assertThat(ImageFolderReader.ANY.read(directory).test().inMemory().pixels())
                .isEqualTo(one.test().inMemory().pixels())
                .isNotEqualTo(two.test().inMemory().pixels());
    }

    @Test
    void faultsNameTheFileAndTheCure() throws IOException {
        assertFault(
                directory.resolve("none"),
                directory.resolve("none")
                        + ": no such directory; expected the directory of image-folder (see datasets/README.md)");
        assertFault(
                directory,
                directory + ": no directories; expected a directory of images for each of at least 2 classes");
        paint("a/1.png", 1);
        assertFault(
                directory,
                directory
                        + ": the only directory is 'a'; expected a directory of images for each of at least 2 classes");
        Files.createDirectory(directory.resolve("b"));
        assertFault(
                directory,
                directory.resolve("b") + ": no image; expected .png, .jpg, .jpeg, .bmp or .gif files of the class");
        paint(directory.resolve("b/1.png"), 5, 6, (row, column) -> 0);
        assertFault(
                directory,
                directory
                        + ": 2 images, of which data.images.test-share 0.2 leaves 0 to be tested on; expected at least 1 to train and 1 to test on");
        paint("a/2.png", 1);
        assertFault(
                directory,
                directory.resolve("b/1.png") + ": 5x6; " + directory.resolve("a/1.png")
                        + " is 4x6: set data.images.size, to which all are resized");
        Files.write(directory.resolve("b/1.png"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> ImageFolderReader.ANY.read(directory, sized(4, 4, ImageReading.Fit.CROP, 1)))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(directory.resolve("b/1.png") + ": is no image that can be decoded (")
                .hasMessageEndingWith("); expected a whole PNG, JPEG, BMP or GIF: mend it or take it out");
    }

    @Test
    void aClassOfTheTestMustBeOneOfTheTraining() throws IOException {
        paint("train/cat/1.png", 1);
        paint("train/dog/1.png", 1);
        assertFault(
                directory,
                directory
                        + ": train is there, but no test, val or validation with class directories; expected one of them, or the class directories without train: then a share is drawn for the test");
        paint("test/dag/1.png", 1);
        assertFault(
                directory, directory.resolve("test") + ": class 'dag' is not among the training classes; nearest: dog");
    }

    @Test
    void moreThanFitsIsLeftInItsFilesOrRefused() throws IOException {
        for (int i = 0; i < 2; i++) {
            paint("train/a/" + i + ".png", 1);
            paint("train/b/" + i + ".png", 1);
            paint("test/a/" + i + ".png", 1);
            paint("test/b/" + i + ".png", 1);
        }
        var huge = ImageFolderReader.IMAGENET.read(directory, sized(15_000, 20_000, ImageReading.Fit.CROP, 1));
        assertThat(huge.train().streamed()).isTrue();
        assertThatThrownBy(() -> huge.train().inMemory())
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "4 images of 15000x20000x3 need 3.4 GiB; expected at most 2.0: set a smaller data.images.size");
    }

    private static void assertFault(Path path, String message) {
        assertThatThrownBy(() -> ImageFolderReader.ANY.read(path))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }
}
