package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class NpzReaderTest {
    @TempDir
    private Path directory;

    static byte[] npy(String type, String shape, byte... items) {
        return npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }", items);
    }

    private static byte[] npy(String header, byte[] items) {
        var bytes = header.getBytes(StandardCharsets.ISO_8859_1);
        var buffer = ByteBuffer.allocate(10 + bytes.length + items.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) 1)
                .put((byte) 0);
        return buffer.putShort((short) bytes.length).put(bytes).put(items).array();
    }

    private Path write(Map<String, byte[]> arrays) throws IOException {
        return write(directory.resolve("set.npz"), arrays);
    }

    static Path write(Path file, Map<String, byte[]> arrays) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var array : new TreeMap<>(arrays).entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
            }
        }
        return Files.write(file, bytes.toByteArray());
    }

    @Test
    void readsKerasNamesAndTypesOfAnyWidth() throws IOException {
        var file = write(Map.of(
                "x_train",
                        npy(
                                "|u1",
                                "(2, 1, 2, 3)",
                                (byte) 1,
                                (byte) 2,
                                (byte) 3,
                                (byte) 4,
                                (byte) 5,
                                (byte) 6,
                                (byte) 7,
                                (byte) 8,
                                (byte) 9,
                                (byte) 10,
                                (byte) 11,
                                (byte) 255),
                "y_train", npy("<i8", "(2, 1)", new byte[] {3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}),
                "x_test", npy("|u1", "(1, 1, 2, 3)", new byte[6]),
                "y_test", npy(">u2", "(1,)", (byte) 0, (byte) 2)));
        var set = new NpzReader().read(file);
        assertThat(set.train().labels()).containsExactly(3, 1);
        assertThat(set.test().labels()).containsExactly(2);
        assertThat(set.classes()).containsExactly("0", "1", "2", "3");
        assertThat(set.train().inMemory().pixels()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255);
        assertThat(set.train().width()).isEqualTo(2);
        assertThat(set.normalization().mean()).hasSize(3);
    }

    @Test
    void greyImagesAloneAreSplit() throws IOException {
        var file = write(Map.of(
                "images", npy("|u1", "(5, 1, 1)", (byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4),
                "labels", npy("|u1", "(5,)", (byte) 0, (byte) 1, (byte) 0, (byte) 1, (byte) 0)));
        var set = new NpzReader().read(file);
        assertThat(set.train().size()).isEqualTo(4);
        assertThat(set.test().size()).isEqualTo(1);
        assertThat(set.train().channels()).isEqualTo(1);
    }

    @Test
    void pythonObjectsAreNotRun() throws IOException {
        assertFault(
                Map.of("images", npy("|O", "(1,)", (byte) 0x80), "labels", npy("|u1", "(1,)", (byte) 0)),
                ": images: its items are of type |O (Python objects, which would have to be run); expected whole numbers, such as uint8");
    }

    @Test
    void hostileHeadersAreRefusedBeforeMemoryIsTaken() throws IOException {
        var labels = npy("|u1", "(1,)", (byte) 0);
        assertFault(
                Map.of("images", npy("|u1", "(2000000000, 2000000000, 2000000000)"), "labels", labels),
                ": images: has the shape [2000000000, 2000000000, 2000000000]; expected at most 2.0 GiB");
        assertFault(
                Map.of("images", npy("|u1", "(99999999999999999999,)"), "labels", labels),
                ": images: has the shape (99999999999999999999,); expected at most 2.0 GiB");
        assertFault(
                Map.of("images", npy("|u1", "(1, 1000, 1000, 1000)", (byte) 1), "labels", labels),
                ": images: ends before its 1000000000 bytes; the file is damaged: get it again");
        assertFault(
                Map.of("images", npy("|u1", "(1, 1, 1)", (byte) 1, (byte) 2), "labels", labels),
                ": images: goes on after its 1 bytes; the file is damaged: get it again");
        assertFault(
                Map.of("images", npy("{'descr': [('a', '|u1')], 'x'\n}", new byte[0]), "labels", labels),
                ": images: its header is '{'descr': [('a', '|u1')], 'x'?}'; expected descr of one type, fortran_order and shape");
        assertFault(
                Map.of("images", new byte[] {1, 2}, "labels", labels),
                ": images: is no NumPy array: it does not start with NUMPY");
    }

    @Test
    void othersThanImagesAndLabelsAreRefused() throws IOException {
        var images = npy("|u1", "(1, 1, 1)", (byte) 1);
        assertFault(
                Map.of("pictures", images),
                ": holds pictures; expected x_train, y_train, x_test, y_test, or train_images, train_labels, test_images, test_labels, or images, labels");
        assertFault(
                Map.of("images", npy("|u1", "(1, 3, 2, 8)", new byte[48]), "labels", npy("|u1", "(1,)", (byte) 0)),
                ": images: is [1, 3, 2, 8], which is 8 channels; expected them last, at most 4: save it with numpy.moveaxis(images, 1, -1)");
        assertFault(
                Map.of("images", npy("<u2", "(1, 1, 1)", (byte) 1, (byte) 0), "labels", npy("|u1", "(1,)", (byte) 0)),
                ": images: is [1, 1, 1] of type <u2; expected uint8 [images, height, width, channels]");
        assertFault(
                Map.of("images", images, "labels", npy("|u1", "(2,)", (byte) 0, (byte) 0)),
                ": labels: is [2] for 1 images; expected one class number each, [1]");
        assertFault(
                Map.of("images", images, "labels", npy("|i1", "(1,)", (byte) -1)),
                ": labels: label -1 of image 0; expected 0 to 99999");
        assertFault(
                Map.of(
                        "images",
                        npy("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 1, 1), }", new byte[1]),
                        "labels",
                        npy("|u1", "(1,)", (byte) 0)),
                ": images: is in Fortran's order; expected C's: save numpy.ascontiguousarray of it");
    }

    private void assertFault(Map<String, byte[]> arrays, String message) throws IOException {
        var file = write(arrays);
        assertThatThrownBy(() -> new NpzReader().read(file))
                .isInstanceOf(UserException.class)
                .hasMessage(file + message);
    }
}
