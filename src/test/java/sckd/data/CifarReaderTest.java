package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class CifarReaderTest {
    private static final int TEN_BYTES = 1 + 3072;
    private static final int HUNDRED_BYTES = 2 + 3072;
    private static final String ARCHIVE = "cifar-10-binary.tar.gz";

    /** CIFAR-10 in small: two training files of three records, a test file of two. */
    private static final CifarFormat SMALL = new CifarFormat(
            "cifar10",
            ARCHIVE,
            "cifar-10-batches-bin",
            List.of("data_batch_1.bin", "data_batch_2.bin"),
            3,
            "test_batch.bin",
            2,
            1,
            "batches.meta.txt",
            CifarClasses.TEN,
            CifarFormat.TEN.normalization());

    @TempDir
    private Path directory;

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    @BeforeEach
    void makeFiles() {
        files.put("data_batch_1.bin", records(3, 1, TEN_BYTES));
        files.put("data_batch_2.bin", records(3, 2, TEN_BYTES));
        files.put("test_batch.bin", records(2, 3, TEN_BYTES));
    }

    @Test
    void readsRecordsInOrder() throws IOException {
        files.get("data_batch_2.bin")[0] = 9;
        files.get("test_batch.bin")[TEN_BYTES] = 4;
        writeFiles(directory);
        var cifar = read(directory);
        assertThat(cifar.name()).isEqualTo("cifar10");
        assertThat(cifar.train().labels()).containsExactly(0, 0, 0, 9, 0, 0);
        assertThat(cifar.test().labels()).containsExactly(0, 4);
        assertThat(cifar.classes()).isEqualTo(CifarClasses.TEN);
    }

    @Test
    void turnsPlanesIntoChannels() throws IOException {
        writeFiles(directory);
        var train = read(directory).train();
        var record = files.get("data_batch_2.bin");
        for (int row = 0; row < 32; row++) {
            for (int column = 0; column < 32; column++) {
                for (int channel = 0; channel < 3; channel++) {
                    byte planar = record[TEN_BYTES + 1 + channel * 1024 + row * 32 + column];
                    int image = 3 + 1;
                    assertThat(train.inMemory().pixels()[((image * 32 + row) * 32 + column) * 3 + channel])
                            .isEqualTo(planar);
                }
            }
        }
    }

    @Test
    void findsTheCustomaryFolder() throws IOException {
        writeFiles(Files.createDirectory(directory.resolve("cifar-10-batches-bin")));
        assertThat(read(directory).train().size()).isEqualTo(6);
    }

    @Test
    void readsArchivesWhateverTheirCompressionAndOrder() throws IOException {
        writeFiles(directory);
        var expected = read(directory).train().inMemory().pixels();
        var turned = new LinkedHashMap<String, byte[]>();
        for (var name : List.of("test_batch.bin", "data_batch_2.bin", "data_batch_1.bin")) {
            turned.put("cifar-10-batches-bin/" + name, files.get(name));
        }
        for (var name : List.of("a.tar", "a.tar.gz", "a.tar.xz")) {
            var archive = directory.resolve(name);
            Files.write(archive, archive(name, turned));
            assertThat(read(archive).train().inMemory().pixels()).as(name).isEqualTo(expected);
        }
    }

    @Test
    void theCustomaryFolderThatIsNotThereMeansTheArchiveInItsPlace() throws IOException {
        files.get("data_batch_1.bin")[0] = 7;
        Files.write(directory.resolve(ARCHIVE), archive(ARCHIVE, files));
        var folder = directory.resolve("cifar-10-batches-bin");
        for (var path : List.of(folder, directory)) {
            assertThat(read(path).train().labels()).containsExactly(7, 0, 0, 0, 0, 0);
        }
        assertRefused(
                directory.resolve("cifar-10-batches"),
                directory.resolve("cifar-10-batches") + ": no such file or directory; expected the directory "
                        + "cifar-10-batches-bin or its archive (see datasets/README.md)");
    }

    @Test
    void filesThatAreThereGoBeforeTheArchive() throws IOException {
        files.get("data_batch_1.bin")[0] = 7;
        Files.write(directory.resolve(ARCHIVE), archive(ARCHIVE, files));
        files.get("data_batch_1.bin")[0] = 8;
        writeFiles(directory);
        assertThat(read(directory).train().labels()).startsWith(8);
        files.get("data_batch_1.bin")[0] = 9;
        var folder = Files.createDirectory(directory.resolve("cifar-10-batches-bin"));
        writeFiles(folder);
        for (var path : List.of(folder, directory)) {
            assertThat(read(path).train().labels()).startsWith(9);
        }
    }

    @Test
    void faultsOfAnArchiveThatWasFoundNameIt() throws IOException {
        files.remove("test_batch.bin");
        var archive = directory.resolve(ARCHIVE);
        Files.write(archive, archive(ARCHIVE, files));
        assertRefused(
                directory.resolve("cifar-10-batches-bin"),
                archive + ": test_batch.bin is missing; expected the binary form of cifar10: "
                        + "data_batch_1.bin, data_batch_2.bin, test_batch.bin (see datasets/README.md)");
    }

    @Test
    void takesClassNamesFromTheirFile() throws IOException {
        files.put("batches.meta.txt", bytes("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n"));
        writeFiles(directory);
        assertThat(read(directory).classes()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    }

    @Test
    void takesTheFineLabelOfCifar100() throws IOException {
        var hundred = new CifarFormat(
                "cifar100",
                "cifar-100-binary.tar.gz",
                "cifar-100-binary",
                List.of("train.bin"),
                2,
                "test.bin",
                1,
                2,
                "fine_label_names.txt",
                CifarClasses.HUNDRED,
                CifarFormat.HUNDRED.normalization());
        var train = records(2, 1, HUNDRED_BYTES);
        train[HUNDRED_BYTES] = 19;
        train[HUNDRED_BYTES + 1] = 99;
        Files.write(directory.resolve("train.bin"), train);
        Files.write(directory.resolve("test.bin"), records(1, 2, HUNDRED_BYTES));
        var cifar = new CifarReader(hundred).read(directory);
        assertThat(cifar.train().labels()).containsExactly(0, 99);
        assertThat(cifar.train().inMemory().pixels()[3072]).isEqualTo(train[HUNDRED_BYTES + 2]);
        assertThat(cifar.classes())
                .hasSize(100)
                .startsWith("apple")
                .endsWith("worm")
                .doesNotHaveDuplicates()
                .isSorted();
    }

    @Test
    void saysWhereAFileEnds() throws IOException {
        files.put("data_batch_2.bin", Arrays.copyOf(files.get("data_batch_2.bin"), 2 * TEN_BYTES + 100));
        writeFiles(directory);
        assertRefused(
                directory,
                directory.resolve("data_batch_2.bin")
                        + ": ends within record 2 (byte 6246); expected 9219 bytes (3 records of 3073): "
                        + "download and unpack it again (see datasets/README.md)");
    }

    @Test
    void saysThatAWholeRecordIsMissing() throws IOException {
        files.put("test_batch.bin", Arrays.copyOf(files.get("test_batch.bin"), TEN_BYTES));
        writeFiles(directory);
        assertRefused(
                directory,
                directory.resolve("test_batch.bin")
                        + ": ends within record 1 (byte 3073); expected 6146 bytes (2 records of 3073): "
                        + "download and unpack it again (see datasets/README.md)");
    }

    @Test
    void saysThatAFileIsTooLong() throws IOException {
        files.put("test_batch.bin", Arrays.copyOf(files.get("test_batch.bin"), 2 * TEN_BYTES + 1));
        writeFiles(directory);
        assertRefused(
                directory,
                directory.resolve("test_batch.bin")
                        + ": goes on after record 1 (byte 6146); expected 6146 bytes (2 records of 3073): "
                        + "download and unpack it again (see datasets/README.md)");
    }

    @Test
    void saysWhichLabelIsOutOfRange() throws IOException {
        files.get("data_batch_1.bin")[2 * TEN_BYTES] = (byte) 200;
        writeFiles(directory);
        assertRefused(
                directory,
                directory.resolve("data_batch_1.bin") + ": record 2 (byte 6146): label 200; expected 0 to 9: "
                        + "give the binary form of cifar10 or download and unpack it again (see datasets/README.md)");
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        files.remove("data_batch_2.bin");
        writeFiles(directory);
        assertRefused(
                directory,
                directory + ": data_batch_2.bin is missing; expected the binary form of cifar10: "
                        + "data_batch_1.bin, data_batch_2.bin, test_batch.bin (see datasets/README.md)");
    }

    @Test
    void saysThatThereIsNothing() {
        assertRefused(
                directory.resolve("nowhere"),
                directory.resolve("nowhere") + ": no such file or directory; expected the directory "
                        + "cifar-10-batches-bin or its archive (see datasets/README.md)");
    }

    @Test
    void saysThatClassNamesDoNotFit() throws IOException {
        files.put("batches.meta.txt", bytes("a\nb\n"));
        writeFiles(directory);
        assertRefused(directory, directory.resolve("batches.meta.txt") + ": 2 class names; expected 10, a line each");
    }

    @Test
    void saysWhereATruncatedArchiveEnds() throws IOException {
        var whole = archive("a.tar.gz", files);
        var archive = directory.resolve("a.tar.gz");
        // pixels are noise and do not shrink: half of the archive ends in the second of the three files, past its first
        // record
        Files.write(archive, Arrays.copyOf(whole, (int) (whole.length * 0.6)));
        assertThatThrownBy(() -> read(archive))
                .isInstanceOf(UserException.class)
                .hasMessageMatching("\\Q" + archive + ": data_batch_2.bin: \\E"
                        + "(cannot be read at|ends within) record 1 \\(byte 3[0-9]{3}\\).*"
                        + "\\Qdownload and unpack it again (see datasets/README.md)\\E");
    }

    @Test
    void saysThatAFileIsNoArchive() throws IOException {
        var page = directory.resolve("cifar-10-binary.tar.gz");
        Files.write(page, bytes("<html>not found</html>".repeat(100)));
        assertThatThrownBy(() -> read(page))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(page + ": is not a whole tar archive (")
                .hasMessageEndingWith("); expected cifar-10-batches-bin as .tar, .tar.gz or .tar.xz: download it again "
                        + "(see datasets/README.md)");
    }

    @Test
    void saysThatAnArchiveHoldsSomethingElse() throws IOException {
        var archive = directory.resolve("a.tar");
        Files.write(archive, archive("a.tar", Map.of("cifar-10-batches-py/data_batch_1", new byte[10])));
        assertRefused(
                archive,
                archive + ": data_batch_1.bin is missing; expected the binary form of cifar10: "
                        + "data_batch_1.bin, data_batch_2.bin, test_batch.bin (see datasets/README.md)");
    }

    private static DataSet read(Path path) {
        return new CifarReader(SMALL).read(path);
    }

    private static void assertRefused(Path path, String message) {
        assertThatThrownBy(() -> read(path)).isInstanceOf(UserException.class).hasMessage(message);
    }

    private void writeFiles(Path target) throws IOException {
        for (var file : files.entrySet()) {
            Files.write(target.resolve(file.getKey()), file.getValue());
        }
    }

    /** Noise of label 0. */
    private static byte[] records(int count, long seed, int recordBytes) {
        var bytes = new byte[count * recordBytes];
        new Random(seed).nextBytes(bytes);
        for (int record = 0; record < count; record++) {
            Arrays.fill(bytes, record * recordBytes, record * recordBytes + recordBytes - 3072, (byte) 0);
        }
        return bytes;
    }

    private static byte[] archive(String name, Map<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(compressed(name, bytes))) {
            for (var file : files.entrySet()) {
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static OutputStream compressed(String name, OutputStream target) throws IOException {
        if (name.endsWith(".gz")) {
            return new GzipCompressorOutputStream(target);
        }
        return name.endsWith(".xz") ? new XZCompressorOutputStream(target) : target;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
