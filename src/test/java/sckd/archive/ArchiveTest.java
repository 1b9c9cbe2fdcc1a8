package sckd.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.archive.PackedArchive.file;
import static sckd.archive.PackedArchive.special;

import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sckd.UserException;
import sckd.files.AtomicDirectory;

class ArchiveTest {
    private static final String PACK_AGAIN = "; expected the model's plain files and directories: pack them anew";

    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void nameTheTarget() {
        target = folder.resolve("unpacked");
    }

    private void unpack(Path archive, ArchiveLimits limits) throws IOException {
        Archive.find(archive, "model", limits).orElseThrow().unpack(target);
    }

    private void assertRefused(Path archive, ArchiveLimits limits, String message) {
        assertThatThrownBy(() -> unpack(archive, limits))
                .isInstanceOf(UserException.class)
                .hasMessage(archive + ": " + message);
        assertThat(target).doesNotExist();
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(archive));
    }

    private void assertRefused(Path archive, String message) {
        assertRefused(archive, ArchiveLimits.DEFAULT, message);
    }

    private void assertGarbled(Path archive) {
        assertThatThrownBy(() -> unpack(archive, ArchiveLimits.DEFAULT))
                .isInstanceOf(UserException.class)
                .hasMessageMatching(
                        "\\Q" + archive + "\\E: (garbled or cut off|cannot be read as an archive).*get it again");
        assertThat(target).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tar.gz", "a.tgz", "A.TGZ"})
    void unpacksTarInGzip(String name) throws IOException {
        unpack(
                PackedArchive.tarGz(folder.resolve(name), tar -> {
                    special(tar, "./", TarConstants.LF_DIR, "");
                    special(tar, "./model/", TarConstants.LF_DIR, "");
                    file(tar, "./model/saved_model.pb", "program");
                    file(tar, "model/variables/variables.index", "index");
                }),
                ArchiveLimits.DEFAULT);
        assertThat(target.resolve("model/saved_model.pb")).hasContent("program");
        assertThat(target.resolve("model/variables/variables.index")).hasContent("index");
    }

    @Test
    void unpacksPlainTarWithLongNames() throws IOException {
        var name = "variables/" + "v".repeat(200);
        unpack(PackedArchive.tar(folder.resolve("a.tar"), tar -> file(tar, name, "values")), ArchiveLimits.DEFAULT);
        assertThat(target.resolve(name)).hasContent("values");
    }

    @Test
    void unpacksZip() throws IOException {
        unpack(
                PackedArchive.zip(folder.resolve("a.zip"), zip -> {
                    file(zip, "model/", "");
                    file(zip, "model/saved_model.pb", "program".repeat(50_000));
                    file(zip, "model/assets/empty", "");
                }),
                ArchiveLimits.DEFAULT);
        assertThat(target.resolve("model/saved_model.pb")).hasContent("program".repeat(50_000));
        assertThat(target.resolve("model/assets/empty")).isEmptyFile();
    }

    @Test
    void knowsNoOtherSuffix() {
        assertThat(Archive.find(folder.resolve("model.rar"), "model")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "../evil, leads out by '..'",
        "a/../../evil, leads out by '..'",
        "/tmp/evil, is an absolute path",
        "C:/evil, begins with a drive letter",
        "a/..\\evil, has a backslash"
    })
    void refusesNamesThatLeadOut(String name, String why) throws IOException {
        assertRefused(
                PackedArchive.tarGz(folder.resolve("a.tar.gz"), tar -> {
                    file(tar, "good", "good");
                    file(tar, name, "evil");
                }),
                "entry '%s' %s%s".formatted(name, why, PACK_AGAIN));
        Files.delete(folder.resolve("a.tar.gz"));
        assertRefused(
                PackedArchive.zip(folder.resolve("a.zip"), zip -> {
                    file(zip, "good", "good");
                    file(zip, unixName(name), "evil");
                }),
                "entry '%s' %s%s".formatted(name, why, PACK_AGAIN));
        assertThat(folder.resolve("evil")).doesNotExist();
        assertThat(folder.resolveSibling("evil")).doesNotExist();
    }

    /** A zip entry's backslashes stay if it says that it comes from Unix. */
    private static ZipArchiveEntry unixName(String name) {
        var entry = new ZipArchiveEntry("placeholder") {
            @Override
            public String getName() {
                return name;
            }
        };
        entry.setUnixMode(UnixStat.FILE_FLAG | 0644);
        return entry;
    }

    @Test
    void namesHostileEntriesOnOnePlainLine() throws IOException {
        assertRefused(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> file(tar, "a\n\u001b[31mb", "text")),
                "entry 'a??[31mb' has a control character" + PACK_AGAIN);
    }

    @Test
    void refusesSymbolicLinksSoThatNoEntryGoesThroughThem() throws IOException {
        assertRefused(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> {
                    special(tar, "link", TarConstants.LF_SYMLINK, "/tmp");
                    file(tar, "link/evil", "evil");
                }),
                "entry 'link' is a symbolic link" + PACK_AGAIN);
    }

    @ParameterizedTest
    @CsvSource({
        "49, is a hard link",
        "51, is a device or a pipe",
        "52, is a device or a pipe",
        "54, is a device or a pipe",
        "90, is of kind 'Z'"
    })
    void refusesWhatIsNoFile(byte kind, String why) throws IOException {
        assertRefused(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> special(tar, "x", kind, "target")),
                "entry 'x' %s%s".formatted(why, PACK_AGAIN));
    }

    @ParameterizedTest
    @CsvSource({"0120777, is a symbolic link", "0020666, is a device or a pipe", "0010666, is a device or a pipe"})
    void refusesWhatIsNoFileInAZip(String mode, String why) throws IOException {
        var entry = new ZipArchiveEntry("x");
        entry.setUnixMode(Integer.parseInt(mode, 8));
        assertRefused(
                PackedArchive.zip(folder.resolve("a.zip"), zip -> file(zip, entry, "/etc/passwd")),
                "entry 'x' %s%s".formatted(why, PACK_AGAIN));
    }

    @Test
    void refusesAFileThatComesTwice() throws IOException {
        assertRefused(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> {
                    file(tar, "a/b", "first");
                    file(tar, "./a//b", "second");
                }),
                "entry './a//b' stands where another entry already is" + PACK_AGAIN);
    }

    @Test
    void refusesAFileBeneathAFile() throws IOException {
        assertRefused(
                PackedArchive.zip(folder.resolve("a.zip"), zip -> {
                    file(zip, "a", "file");
                    file(zip, "a/b", "beneath");
                }),
                "entry 'a/b' stands where another entry already is" + PACK_AGAIN);
    }

    @Test
    void refusesMorePathsThanTheLimit() throws IOException {
        var limits = new ArchiveLimits(4, 1000, 1000, 1000);
        assertRefused(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> {
                    file(tar, "a/b/c", ""); // three paths
                    file(tar, "d", "");
                    file(tar, "e", "");
                }),
                limits,
                "entry 'e' exceeds the limit of 4 files and directories; expected a model alone: pack that");
    }

    @Test
    void refusesMoreBytesThanTheLimit() throws IOException {
        var limits = new ArchiveLimits(10, 100, 1000, 1000);
        assertRefused(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> {
                    file(tar, "a", "a".repeat(60));
                    file(tar, "b", "b".repeat(41));
                }),
                limits,
                "entry 'b' is too much: the files exceed 100 bytes in all;"
                        + " if you trust it, unpack it and import the directory");
    }

    @Test
    void takesExactlyTheLimits() throws IOException {
        unpack(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> {
                    file(tar, "a", "a".repeat(60));
                    file(tar, "b", "b".repeat(40));
                }),
                new ArchiveLimits(2, 100, 1000, 1000));
        assertThat(target.resolve("b")).hasContent("b".repeat(40));
    }

    @Test
    void refusesAZipBombByItsRatio() throws IOException {
        var limits = new ArchiveLimits(10, 1L << 30, 100, 1 << 16);
        var archive = PackedArchive.zip(folder.resolve("a.zip"), zip -> file(zip, "zeros", "0".repeat(1 << 20)));
        assertRefused(
                archive,
                limits,
                "entry 'zeros' is too much: the files exceed 100 times the archive's %d bytes;"
                                .formatted(Files.size(archive))
                        + " if you trust it, unpack it and import the directory");
    }

    @Test
    void refusesAHugeHeaderBeforeItFillsTheMemory() throws IOException {
        var archive = PackedArchive.tarGz(folder.resolve("a.tar.gz"), tar -> {
            var name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
            name.setSize(64 << 20);
            tar.putArchiveEntry(name);
            tar.write(new byte[64 << 20]);
            tar.closeArchiveEntry();
            file(tar, "a", "a");
        });
        assertRefused(
                archive,
                "garbled or cut off after 0 files and directories: an entry's header or the archive's end exceeds"
                        + " 4194304 bytes; expected a whole archive: get it again");
    }

    @Test
    void refusesAnArchiveCutOffAnywhere() throws IOException {
        var whole = Files.readAllBytes(PackedArchive.tarGz(folder.resolve("a.tar.gz"), this::writeTwoFiles));
        for (int length = 0; length < whole.length; length++) {
            assertGarbled(Files.write(folder.resolve("a.tar.gz"), Arrays.copyOf(whole, length)));
        }
    }

    @Test
    void refusesAZipCutOffAnywhere() throws IOException {
        var whole = Files.readAllBytes(PackedArchive.zip(folder.resolve("a.zip"), zip -> {
            file(zip, "saved_model.pb", "program");
            file(zip, "variables/variables.index", "index");
        }));
        for (int length = 0; length < whole.length; length++) {
            assertGarbled(Files.write(folder.resolve("a.zip"), Arrays.copyOf(whole, length)));
        }
    }

    @Test
    void refusesATarCutOffWithinItsEntries() throws IOException {
        var whole = PackedArchive.tarBytes(this::writeTwoFiles);
        for (int length = 0; length <= 4 * 512; length += 64) { // two headers, two contents
            assertGarbled(Files.write(folder.resolve("a.tar"), Arrays.copyOf(whole, length)));
        }
    }

    @Test
    void refusesATarWhoseHeaderWasAltered() throws IOException {
        var bytes = PackedArchive.tarBytes(this::writeTwoFiles);
        bytes[0] = 'x'; // saved_model.pb is xaved_model.pb now
        assertRefused(
                Files.write(folder.resolve("a.tar"), bytes),
                "garbled or cut off after 0 files and directories: the checksum of an entry's header is wrong;"
                        + " expected a whole archive: get it again");
    }

    @Test
    void readsGzipToItsVeryEndWhereTheChecksumStands() throws IOException {
        var archive = folder.resolve("a.tar.gz");
        try (var out = new GzipCompressorOutputStream(Files.newOutputStream(archive))) {
            out.write(PackedArchive.tarBytes(this::writeTwoFiles));
            out.write(new byte[100_000]); // empty records that a tar reader does not look at
        }
        var bytes = Files.readAllBytes(archive);
        bytes[bytes.length - 8] ^= 1; // CRC-32 and size are the last eight
        assertGarbled(Files.write(archive, bytes));
    }

    private void writeTwoFiles(TarArchiveOutputStream tar) throws IOException {
        file(tar, "saved_model.pb", "program");
        file(tar, "variables/variables.index", "index".repeat(100));
    }

    @Test
    void refusesAZipWhoseBytesWereAltered() throws IOException {
        var archive = PackedArchive.zip(folder.resolve("a.zip"), zip -> {
            zip.setMethod(ZipArchiveEntry.STORED);
            var entry = new ZipArchiveEntry("a");
            entry.setSize(5);
            entry.setCrc(crc32("hello"));
            file(zip, entry, "hello");
        });
        var bytes = Files.readAllBytes(archive);
        bytes[Bytes.indexOf(bytes, "hello".getBytes(UTF_8))] = 'j';
        Files.write(archive, bytes);
        assertRefused(
                archive,
                "garbled or cut off in entry 'a': CRC-32 %08x instead of %08x; expected a whole archive: get it again"
                        .formatted(crc32("jello"), crc32("hello")));
    }

    private static long crc32(String text) {
        var crc = new CRC32();
        crc.update(text.getBytes(UTF_8));
        return crc.getValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.zip", "a.tar.gz", "a.tar"})
    void refusesWhatIsNoArchive(String name) throws IOException {
        assertGarbled(
                Files.writeString(folder.resolve(name), "version https://git-lfs.github.com/spec/v1\n".repeat(40)));
    }

    /** Whatever single byte is wrong: either one line for the user, or the very files. */
    @ParameterizedTest
    @ValueSource(strings = {"a.zip", "a.tar.gz", "a.tar"})
    void neverFailsOtherwiseThanWithALineForTheUser(String name) throws IOException {
        var archive = folder.resolve(name);
        if (name.endsWith("zip")) {
            PackedArchive.zip(archive, zip -> file(zip, "saved_model.pb", "program"));
        } else if (name.endsWith("gz")) {
            PackedArchive.tarGz(archive, this::writeTwoFiles);
        } else {
            PackedArchive.tar(archive, this::writeTwoFiles);
        }
        var whole = Files.readAllBytes(archive);
        long seed = 20261124;
        var random = new Random(seed);
        for (int attempt = 0; attempt < 200; attempt++) {
            var bytes = whole.clone();
            bytes[random.nextInt(Math.min(bytes.length, 1500))] ^= (byte) (1 << random.nextInt(8));
            Files.write(archive, bytes);
            try {
                unpack(archive, ArchiveLimits.DEFAULT);
                AtomicDirectory.delete(target);
            } catch (UserException e) {
                assertThat(e.getMessage())
                        .as("seed %d, attempt %d", seed, attempt)
                        .hasLineCount(1);
                assertThat(target).doesNotExist();
            }
        }
    }
}
