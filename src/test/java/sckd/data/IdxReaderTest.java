package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class IdxReaderTest {
    private static final String AGAIN = ": download it again (see datasets/README.md)";

    @TempDir
    private Path directory;

    /** Three training images and two test images of 2×3 pixels. */
    @BeforeEach
    void writeFiles() throws IOException {
        write("train-images-idx3-ubyte", images(3));
        write("train-labels-idx1-ubyte", labels(7, 0, 9));
        write("t10k-images-idx3-ubyte", images(2));
        write("t10k-labels-idx1-ubyte", labels(1, 2));
    }

    @Test
    void readsImagesAndLabels() {
        var mnist = IdxReader.MNIST.read(directory);
        assertThat(mnist.name()).isEqualTo("mnist");
        assertThat(mnist.train().labels()).containsExactly(7, 0, 9);
        assertThat(mnist.train().height()).isEqualTo(2);
        assertThat(mnist.train().width()).isEqualTo(3);
        assertThat(mnist.train().channels()).isEqualTo(1);
        assertThat(mnist.train().inMemory().pixels())
                .containsExactly(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25);
        assertThat(mnist.test().labels()).containsExactly(1, 2);
        assertThat(mnist.classes()).hasSize(10);
    }

    @Test
    void readsGzippedFilesAndTheOtherSpelling() throws IOException {
        var expected = IdxReader.FASHION.read(directory);
        for (var stem : new String[] {"train-images", "train-labels", "t10k-images", "t10k-labels"}) {
            var ending = stem.endsWith("images") ? "idx3-ubyte" : "idx1-ubyte";
            var plain = directory.resolve(stem + "-" + ending);
            write(stem + "." + ending + ".gz", gzip(Files.readAllBytes(plain)));
            Files.delete(plain);
        }
        var fashion = IdxReader.FASHION.read(directory);
        assertThat(fashion.name()).isEqualTo("fashion-mnist");
        assertThat(fashion.train().inMemory().pixels())
                .isEqualTo(expected.train().inMemory().pixels());
        assertThat(fashion.test().labels()).isEqualTo(expected.test().labels());
    }

    @Test
    void saysWhereImagesEnd() throws IOException {
        write("train-images-idx3-ubyte", Arrays.copyOf(images(3), 16 + 2 * 6 + 4));
        assertRefused("train-images-idx3-ubyte", "ends within item 2 (byte 32); expected 3 items of 6 bytes" + AGAIN);
    }

    @Test
    void saysThatImagesGoOn() throws IOException {
        write("train-images-idx3-ubyte", Arrays.copyOf(images(3), 16 + 3 * 6 + 1));
        assertRefused("train-images-idx3-ubyte", "goes on at item 3 (byte 34); expected 3 items of 6 bytes" + AGAIN);
    }

    @Test
    void saysThatAHeaderEnds() throws IOException {
        write("train-labels-idx1-ubyte", new byte[] {0, 0, 8, 1, 0});
        assertRefused("train-labels-idx1-ubyte", "ends within its header of 8 bytes" + AGAIN);
    }

    @Test
    void saysThatAFileIsOfAnotherKind() throws IOException {
        write("train-images-idx3-ubyte", labels(1, 2, 3));
        assertRefused(
                "train-images-idx3-ubyte",
                "starts with 0x00000801; expected 0x00000803, an IDX file of bytes with 3 dimensions" + AGAIN);
    }

    @Test
    void saysThatASizeIsImpossible() throws IOException {
        write("train-images-idx3-ubyte", imageHeader(60000, 0, 28));
        assertRefused(
                "train-images-idx3-ubyte",
                "dimension 1 has size 0; expected more than 0, and less than 2 GiB in all" + AGAIN);
        write("train-images-idx3-ubyte", imageHeader(60000, 28000, 28));
        assertRefused(
                "train-images-idx3-ubyte",
                "dimension 2 has size 28; expected more than 0, and less than 2 GiB in all" + AGAIN);
    }

    @Test
    void saysWhichLabelIsOutOfRange() throws IOException {
        write("t10k-labels-idx1-ubyte", labels(1, 255));
        assertRefused("t10k-labels-idx1-ubyte", "item 1 (byte 9): label 255; expected 0 to 9" + AGAIN);
    }

    @Test
    void saysThatLabelsAndImagesDiffer() throws IOException {
        write("t10k-labels-idx1-ubyte", labels(1, 2, 3));
        assertRefused(
                "t10k-labels-idx1-ubyte",
                "3 labels for the 2 images of " + directory.resolve("t10k-images-idx3-ubyte")
                        + "; expected one each: download both files again");
    }

    @Test
    void saysThatSplitsDifferInSize() throws IOException {
        write("t10k-images-idx3-ubyte", Arrays.copyOf(imageHeader(2, 1, 1), 16 + 2));
        assertRefused("", "training images of 2x3, test images of 1x1; expected one size");
    }

    @Test
    void saysWhereATruncatedGzipEnds() throws IOException {
        Files.delete(directory.resolve("train-labels-idx1-ubyte"));
        var whole = gzip(labels(7, 0, 9));
        write("train-labels-idx1-ubyte.gz", Arrays.copyOf(whole, whole.length - 8));
        assertRefused(
                "train-labels-idx1-ubyte.gz",
                "cannot be read at item 3 (byte 11): the file ends too early; the file is damaged" + AGAIN);
    }

    @Test
    void saysThatAFileIsNotGzipped() throws IOException {
        Files.delete(directory.resolve("train-labels-idx1-ubyte"));
        write("train-labels-idx1-ubyte.gz", labels(7, 0, 9));
        assertRefused("train-labels-idx1-ubyte.gz", "cannot be read: Not in GZIP format" + AGAIN);
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        Files.delete(directory.resolve("t10k-labels-idx1-ubyte"));
        assertRefused(
                "",
                "t10k-labels-idx1-ubyte is missing, also as t10k-labels.idx1-ubyte or with .gz; "
                        + "expected the four files of mnist (see datasets/README.md)");
    }

    @Test
    void saysThatThereIsNoDirectory() {
        assertThatThrownBy(() -> IdxReader.MNIST.read(directory.resolve("nowhere")))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        directory.resolve("nowhere")
                                + ": no such directory; expected the directory with the four files of mnist (see datasets/README.md)");
    }

    private void assertRefused(String file, String message) {
        assertThatThrownBy(() -> IdxReader.MNIST.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve(file) + ": " + message);
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(directory.resolve(name), bytes);
    }

    private static byte[] imageHeader(int count, int height, int width) {
        return ByteBuffer.allocate(16)
                .putInt(0x803)
                .putInt(count)
                .putInt(height)
                .putInt(width)
                .array();
    }

    /** Pixel p of image i is 10·i + p. */
    private static byte[] images(int count) {
        var bytes = ByteBuffer.allocate(16 + count * 6).put(imageHeader(count, 2, 3));
        for (int i = 0; i < count * 6; i++) {
            bytes.put((byte) (10 * (i / 6) + i % 6));
        }
        return bytes.array();
    }

    private static byte[] labels(int... labels) {
        var bytes = ByteBuffer.allocate(8 + labels.length).putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            bytes.put((byte) label);
        }
        return bytes.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var stream = new GZIPOutputStream(zipped)) {
            stream.write(bytes);
        }
        return zipped.toByteArray();
    }
}
