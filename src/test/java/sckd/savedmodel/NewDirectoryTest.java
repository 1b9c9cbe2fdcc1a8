package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class NewDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void contentIsSeenAtThePlaceOnlyWhenItIsWhole() throws IOException {
        var target = directory.resolve("a/b");
        NewDirectory.write(target, beside -> {
            Files.writeString(beside.resolve("file"), "text");
            assertThat(target).doesNotExist();
        });
        assertThat(target.resolve("file")).hasContent("text");
        assertThat(directory.resolve("a")).isDirectoryNotContaining(path -> !path.equals(target));
    }

    @Test
    void emptyDirectoryIsTaken() throws IOException {
        var target = Files.createDirectory(directory.resolve("empty"));
        NewDirectory.write(target, beside -> Files.writeString(beside.resolve("file"), "text"));
        assertThat(target.resolve("file")).hasContent("text");
    }

    @Test
    void failureLeavesNothing() {
        var target = directory.resolve("model");
        assertThatThrownBy(() -> NewDirectory.write(target, beside -> {
                    Files.writeString(beside.resolve("file"), "text");
                    throw new IllegalStateException("half way");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("half way");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void takenPlaceIsRefusedAndKept() throws IOException {
        var target = Files.createDirectory(directory.resolve("taken"));
        Files.writeString(target.resolve("mine"), "kept");
        assertThatThrownBy(() -> NewDirectory.write(target, beside -> {}))
                .isInstanceOf(UserException.class)
                .hasMessage(target + " exists and is not empty; expected a new or an empty directory;"
                        + " choose another or remove it");
        assertThat(target.resolve("mine")).hasContent("kept");
        assertThatThrownBy(() -> NewDirectory.write(target.resolve("mine"), beside -> {}))
                .isInstanceOf(UserException.class)
                .hasMessage(target.resolve("mine")
                        + " is a file; expected a new or an empty directory; choose another name");
    }

    @Test
    void placeBelowAFileIsTheUsersMistake() throws IOException {
        var file = Files.writeString(directory.resolve("file"), "text");
        assertThatThrownBy(() -> NewDirectory.write(file.resolve("model"), beside -> {}))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(file.resolve("model") + " could not be written: ")
                .hasMessageEndingWith("; expected a place with room and leave to write");
    }
}
