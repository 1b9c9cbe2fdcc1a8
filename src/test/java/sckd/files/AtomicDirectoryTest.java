package sckd.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class AtomicDirectoryTest {
    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void nameTheTarget() {
        target = folder.resolve("model");
    }

    private static void fill(Path directory) throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve("inner")).resolve("file"), "new");
    }

    private List<String> left() throws IOException {
        try (var walk = Files.walk(folder)) {
            return walk.skip(1)
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private void makeOld() throws IOException {
        Files.writeString(Files.createDirectory(target).resolve("old"), "old");
    }

    @Test
    void appearsWithAllThatWasWritten() throws IOException {
        AtomicDirectory.write(target, AtomicDirectoryTest::fill);
        assertThat(left()).containsExactly("model", "model/inner", "model/inner/file");
    }

    @Test
    void takesThePlaceOfAnEmptyDirectory() throws IOException {
        Files.createDirectory(target);
        AtomicDirectory.write(target, AtomicDirectoryTest::fill);
        assertThat(target.resolve("inner/file")).hasContent("new");
    }

    @Test
    void refusesADirectoryWithSomethingInIt() throws IOException {
        makeOld();
        assertThatThrownBy(() -> AtomicDirectory.write(target, AtomicDirectoryTest::fill))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": exists already; expected a new or empty directory: name another or remove it");
        assertThat(left()).containsExactly("model", "model/old");
    }

    @Test
    void refusesALinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(target, folder.resolve("nowhere"));
        assertThatThrownBy(() -> AtomicDirectory.write(target, AtomicDirectoryTest::fill))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("exists already");
        assertThat(Files.isSymbolicLink(target)).isTrue();
    }

    @Test
    void leavesNothingAfterAnIoException() throws IOException {
        assertThatThrownBy(() -> AtomicDirectory.write(target, directory -> {
                    fill(directory);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": cannot be written: No space left on device; nothing was left there");
        assertThat(left()).isEmpty();
    }

    @Test
    void leavesNothingAfterAnUncheckedIoException() throws IOException {
        assertThatThrownBy(() -> AtomicDirectory.write(target, directory -> {
                    fill(directory);
                    throw new UncheckedIOException(new IOException("gone"));
                }))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": cannot be written: gone; nothing was left there");
        assertThat(left()).isEmpty();
    }

    @Test
    void leavesNothingAfterAnErrorAndPassesItOn() throws IOException {
        assertThatThrownBy(() -> AtomicDirectory.write(target, directory -> {
                    fill(directory);
                    throw new OutOfMemoryError("full");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(left()).isEmpty();
    }

    @Test
    void replacesWhatACrashLeft() throws IOException {
        Files.writeString(
                Files.createDirectory(folder.resolve(".model.partial")).resolve("half"), "half");
        AtomicDirectory.write(target, AtomicDirectoryTest::fill);
        assertThat(left()).containsExactly("model", "model/inner", "model/inner/file");
    }

    @Test
    void replacePutsTheNewInPlaceOfTheOld() throws IOException {
        makeOld();
        AtomicDirectory.replace(target, directory -> {
            assertThat(target.resolve("old")).hasContent("old");
            fill(directory);
        });
        assertThat(left()).containsExactly("model", "model/inner", "model/inner/file");
    }

    @Test
    void replaceKeepsTheOldWhenTheNewFails() throws IOException {
        makeOld();
        assertThatThrownBy(() -> AtomicDirectory.replace(target, directory -> {
                    fill(directory);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(UserException.class)
                .hasMessage(target + ": cannot be written: No space left on device; what was there stays");
        assertThat(left()).containsExactly("model", "model/old");
    }

    @Test
    void replacePutsTheOldBackThatACrashMovedAside() throws IOException {
        Files.writeString(
                Files.createDirectory(folder.resolve(".model.replaced")).resolve("old"), "old");
        assertThatThrownBy(() -> AtomicDirectory.replace(target, directory -> {
                    throw new UserException("no model");
                }))
                .isInstanceOf(UserException.class);
        assertThat(left()).containsExactly("model", "model/old");
    }

    @Test
    void replaceFollowsNoLink() throws IOException {
        var elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("kept"), "kept");
        Files.createSymbolicLink(target, elsewhere);
        AtomicDirectory.replace(target, AtomicDirectoryTest::fill);
        assertThat(left()).containsExactly("elsewhere", "elsewhere/kept", "model", "model/inner", "model/inner/file");
        assertThat(Files.isSymbolicLink(target)).isFalse();
    }
}
