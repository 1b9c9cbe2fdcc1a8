package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;
import sckd.UserException;

class RecordReaderTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream records = new ByteArrayOutputStream();

    @BeforeEach
    void paint() throws IOException {
        for (int value = 1; value <= 3; value++) {
            int grey = value * 0x010101;
            ImageFolderReaderTest.paint(image(value), 2, 3, (row, column) -> grey);
        }
    }

    private Path image(int value) {
        return directory.resolve("images").resolve(value + ".png");
    }

    private void add(byte[] data) {
        var length = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(data.length)
                .array();
        records.writeBytes(length);
        records.writeBytes(crc(length));
        records.writeBytes(data);
        records.writeBytes(crc(data));
    }

    private static byte[] crc(byte[] data) {
        var crc = new CRC32C();
        crc.update(data);
        int value = (int) crc.getValue();
        int masked = ((value >>> 15) | (value << 17)) + 0xa282ead8;
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .array();
    }

    private static byte[] example(String image, byte[] bytes, String label, long id, String text) {
        var features = Features.newBuilder()
                .putFeature(image, bytes(bytes))
                .putFeature(
                        label,
                        Feature.newBuilder()
                                .setInt64List(Int64List.newBuilder().addValue(id))
                                .build())
                .putFeature("image/class/text", bytes(text.getBytes()));
        return Example.newBuilder().setFeatures(features).build().toByteArray();
    }

    private static Feature bytes(byte[] bytes) {
        return Feature.newBuilder()
                .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFrom(bytes)))
                .build();
    }

    private void addImage(int value, long label, String text) throws IOException {
        add(example("image/encoded", Files.readAllBytes(image(value)), "image/class/label", label, text));
    }

    private Path write(String name) throws IOException {
        var file = directory.resolve("records").resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, records.toByteArray());
        records.reset();
        return file;
    }

    private static ImageReading reading(float testShare, boolean stream, RecordFeatures features) {
        return new ImageReading(Optional.empty(), ImageReading.Fit.CROP, 1, 3, testShare, 1, stream, features);
    }

    @Test
    void theMaskIsThatOfTheFormat() {
        // CRC-32C of "123456789" is e3069283 (RFC 3720's polynomial, the customary check value)
        assertThat(RecordFile.mask(0xe3069283)).isEqualTo(((0xe3069283 >>> 15) | (0xe3069283 << 17)) + 0xa282ead8);
    }

    @Test
    void encodedImagesAreReadInTheOrderOfFilesAndRecords() throws IOException {
        addImage(1, 2, "two");
        addImage(2, 1, "one");
        write("train-00000-of-00002");
        addImage(3, 1, "one");
        write("train-00001-of-00002");
        addImage(3, 2, "two");
        write("validation-00000-of-00001");
        for (boolean stream : new boolean[] {false, true}) {
            var features =
                    new RecordFeatures("image/encoded", "image/class/label", "image/class/text", 1, Optional.empty());
            var set = new RecordReader().read(directory.resolve("records"), reading(.2f, stream, features));
            assertThat(set.train().streamed()).isEqualTo(stream);
            assertThat(set.classes()).containsExactly("one", "two");
            assertThat(set.train().labels()).containsExactly(1, 0, 0);
            assertThat(set.test().labels()).containsExactly(1);
            var pixels = set.train().inMemory().pixels();
            assertThat(new int[] {pixels[0], pixels[18], pixels[36]}).containsExactly(1, 2, 3);
            assertThatThrownBy(
                            () -> new RecordReader().read(directory.resolve("records"), reading(.4f, stream, features)))
                    .isInstanceOf(UserException.class)
                    .hasMessage(
                            directory.resolve("records")
                                    + ": data.images (for one command: --image-size, --crop-share) has test-share, but the set has test images of its own: leave it out");
        }
    }

    @Test
    void rawPixelsAndOwnNamesAreReadFromOneFile() throws IOException {
        for (int i = 0; i < 5; i++) {
            add(example("pixels", new byte[] {(byte) i, 9}, "class", i % 2, "x"));
        }
        var file = write("all.tfrecord");
        var features =
                new RecordFeatures("pixels", "class", "none", 0, Optional.of(new RecordFeatures.RawShape(1, 2, 1)));
        var set = new RecordReader().read(file, reading(.4f, false, features));
        assertThat(set.classes()).containsExactly("0", "1");
        assertThat(set.train().size()).isEqualTo(3);
        assertThat(set.test().size()).isEqualTo(2);
        assertThat(set.train().channels()).isEqualTo(1);
        assertThat(set.train().inMemory().pixels()[1]).isEqualTo((byte) 9);
    }

    @Test
    void damageIsToldWithRecordAndByte() throws IOException {
        addImage(1, 0, "a");
        int second = records.size();
        addImage(2, 1, "b");
        var bytes = records.toByteArray();
        var file = write("all.tfrecord");
        var expected = "; expected a whole TFRecord file of tf.Example: get it again";
        var flipped = bytes.clone();
        flipped[second + 20] ^= 1;
        assertFault(file, flipped, "record 1 (byte " + (second + 12) + ") has a wrong checksum of its data" + expected);
        flipped = bytes.clone();
        flipped[second + 6] = 1;
        assertFault(file, flipped, "record 1 (byte " + second + ") has a wrong checksum of its length" + expected);
        assertFault(
                file,
                java.util.Arrays.copyOf(bytes, bytes.length - 1),
                "record 1 (byte " + (second + 12) + ") ends too early" + expected);
        records.reset();
        add(new byte[] {(byte) 0xFF, 1});
        assertFault(file, records.toByteArray(), "record 0 (byte 0) is no tf.Example" + expected);
    }

    @Test
    void missingFeaturesAndWrongLabelsAreTold() throws IOException {
        add(example("pixels", new byte[1], "class", 7, "x"));
        var file = write("all.tfrecord");
        var bytes = Files.readAllBytes(file);
        assertThatThrownBy(() -> new RecordReader().read(file))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        file
                                + ": record 0: has no feature 'image/class/label'; it has class, image/class/text, pixels: set data.images.features");
        var features = new RecordFeatures("pixels", "class", "x", 8, Optional.of(new RecordFeatures.RawShape(1, 1, 1)));
        assertThatThrownBy(() -> new RecordReader().read(file, reading(.4f, false, features)))
                .hasMessage(file + ": record 0: label 7; expected 8 to 100007: data.images.features.first-label is 8");
        var larger = new RecordFeatures("pixels", "class", "x", 0, Optional.of(new RecordFeatures.RawShape(1, 1, 3)));
        assertThatThrownBy(() -> new RecordReader().read(file, reading(.4f, false, larger)))
                .hasMessage(file + ": record 0: the image has 1 bytes; data.images.features.raw, 1x1x3, makes 3");
        assertThat(bytes).isNotEmpty();
    }

    private static void assertFault(Path file, byte[] bytes, String message) throws IOException {
        Files.write(file, bytes);
        assertThatThrownBy(() -> new RecordReader().read(file))
                .isInstanceOf(UserException.class)
                .hasMessage(file + ": " + message);
    }
}
