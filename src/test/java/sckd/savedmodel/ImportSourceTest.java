package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.archive.PackedArchive.file;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.archive.PackedArchive;

class ImportSourceTest {
    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void makeTheTarget() throws IOException {
        target = Files.createDirectory(folder.resolve("target"));
    }

    private static String sha256(String text) {
        return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
    }

    private Path write(String name, String text) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static void assertRefused(Path source, String message) {
        assertThatThrownBy(() -> ImportSource.of(source))
                .isInstanceOf(UserException.class)
                .hasMessage(source + ": " + message);
    }

    private void assertRefusedOnCopying(Path source, String message) {
        assertThatThrownBy(() -> ImportSource.of(source).copyTo(target))
                .isInstanceOf(UserException.class)
                .hasMessage(source + ": " + message);
    }

    @Test
    void copiesADirectoryByteForByte() throws IOException {
        write("m/saved_model.pb", "program");
        write("m/variables/variables.index", "index");
        Files.createDirectory(folder.resolve("m/assets"));
        var copied = ImportSource.of(folder.resolve("m")).copyTo(target);
        assertThat(target.resolve("saved_model.pb")).hasContent("program");
        assertThat(target.resolve("variables/variables.index")).hasContent("index");
        assertThat(target.resolve("assets")).isEmptyDirectory();
        assertThat(copied.directory()).isEqualTo(folder.resolve("m"));
        assertThat(copied.notes()).isEmpty();
    }

    /** As {@code sha256sum} prints it, hashed again. */
    @Test
    void aDirectorysDigestIsThatOfItsListing() throws IOException {
        write("m/saved_model.pb", "program");
        write("m/variables/b", "index");
        write("m/variables.txt", "text"); // '.' sorts before '/'
        Files.createDirectory(folder.resolve("m/assets"));
        var listing = "%s  saved_model.pb\n%s  variables.txt\n%s  variables/b\n"
                .formatted(sha256("program"), sha256("text"), sha256("index"));
        assertThat(ImportSource.of(folder.resolve("m")).copyTo(target).sha256()).isEqualTo(sha256(listing));
    }

    @Test
    void followsLinksOfAModelHubsStoreAndSaysSo() throws IOException {
        write("blobs/abc", "program");
        Files.createDirectory(folder.resolve("m"));
        Files.createSymbolicLink(folder.resolve("m/saved_model.pb"), Path.of("../blobs/abc"));
        var copied = ImportSource.of(folder.resolve("m")).copyTo(target);
        assertThat(target.resolve("saved_model.pb")).hasContent("program");
        assertThat(Files.isSymbolicLink(target.resolve("saved_model.pb"))).isFalse();
        assertThat(copied.notes()).isEqualTo(List.of("symbolic links that were followed: 1"));
    }

    @Test
    void refusesALinkThatLeadsNowhere() throws IOException {
        write("m/saved_model.pb", "program");
        Files.createSymbolicLink(folder.resolve("m/variables"), Path.of("nowhere"));
        assertThatThrownBy(() -> ImportSource.of(folder.resolve("m")).copyTo(target))
                .isInstanceOf(UserException.class)
                .hasMessage(folder.resolve("m/variables")
                        + ": is no file, no directory and no link to one; expected a SavedModel's plain files");
    }

    @Test
    void refusesADirectoryThatLinksToItself() throws IOException {
        write("m/saved_model.pb", "program");
        Files.createSymbolicLink(folder.resolve("m/loop"), Path.of("."));
        assertThatThrownBy(() -> ImportSource.of(folder.resolve("m")).copyTo(target))
                .isInstanceOf(UserException.class)
                .hasMessage("%s: cannot be read: file system loop: %1$s/loop".formatted(folder.resolve("m")));
    }

    @Test
    void findsTheModelInAnArchiveAndLeavesTheRest() throws IOException {
        var archive = PackedArchive.zip(folder.resolve("a.zip"), zip -> {
            file(zip, "README.md", "read");
            file(zip, "export/1/saved_model.pb", "program");
            file(zip, "export/1/variables/variables.index", "index");
            file(zip, "__MACOSX/export/1/._saved_model.pb", "resource fork");
        });
        var copied = ImportSource.of(archive).copyTo(target);
        assertThat(target).isDirectoryNotContaining(path -> !List.of("saved_model.pb", "variables")
                .contains(path.getFileName().toString()));
        assertThat(target.resolve("variables/variables.index")).hasContent("index");
        assertThat(copied.directory()).isEqualTo(Path.of(archive + "!", "export", "1"));
        assertThat(copied.sha256())
                .isEqualTo(
                        Hashing.sha256().hashBytes(Files.readAllBytes(archive)).toString());
    }

    @Test
    void findsTheModelAtTheTopOfAnArchive() throws IOException {
        var archive = PackedArchive.tarGz(folder.resolve("a.tgz"), tar -> file(tar, "./saved_model.pb", "program"));
        assertThat(ImportSource.of(archive).copyTo(target).directory()).isEqualTo(Path.of(archive + "!"));
        assertThat(target.resolve("saved_model.pb")).hasContent("program");
    }

    @Test
    void listsTheModelsWhereAnArchiveHoldsSeveral() throws IOException {
        var archive = PackedArchive.zip(folder.resolve("a.zip"), zip -> {
            file(zip, "b/saved_model.pb", "program");
            file(zip, "a/saved_model.pb", "program");
        });
        assertRefusedOnCopying(
                archive, "holds 2 SavedModels, a, b; expected one: unpack it and import the directory of one");
    }

    @Test
    void saysWhatAnArchiveWithoutAModelHolds() throws IOException {
        var archive = PackedArchive.zip(folder.resolve("a.zip"), zip -> {
            for (var name : List.of("1", "2", "3", "4", "5", "6", "model.h5")) {
                file(zip, name, "text");
            }
        });
        assertRefusedOnCopying(
                archive,
                "holds no saved_model.pb, so no SavedModel; found 1, 2, 3, 4, 5 and 2 more;"
                        + " a Keras file becomes a SavedModel by model.export(DIR) in Python");
    }

    @Test
    void saysThatAnArchiveIsEmpty() throws IOException {
        assertRefusedOnCopying(
                PackedArchive.tar(folder.resolve("a.tar"), tar -> {}),
                "holds no saved_model.pb, so no SavedModel; found no file at all");
    }

    @Test
    void namesTheDirectoryThatWasMeant() throws IOException {
        write("m/1/saved_model.pb", "program");
        assertRefused(
                folder.resolve("m"),
                "holds no saved_model.pb itself, but %s does; import that directory".formatted(folder.resolve("m/1")));
    }

    @Test
    void refusesADirectoryWithoutAModel() throws IOException {
        write("m/notes.txt", "text");
        assertRefused(folder.resolve("m"), "holds no saved_model.pb, so no SavedModel; found notes.txt");
    }

    @Test
    void refusesAnUnknownSuffix() throws IOException {
        assertRefused(
                write("model.rar", "text"),
                "unknown kind of file; expected a SavedModel's directory or an archive of it"
                        + " (.zip, .tar.gz, .tgz or .tar)");
    }

    @Test
    void refusesWhatDoesNotExist() {
        assertRefused(
                folder.resolve("gone.zip"),
                "does not exist; expected a SavedModel's directory or an archive of it (.zip, .tar.gz, .tgz or .tar)");
    }
}
