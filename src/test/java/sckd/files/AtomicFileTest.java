package sckd.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path directory;

    @Test
    void theNewContentTakesThePlaceOfTheOld() throws IOException {
        var file = directory.resolve("summary.json");
        AtomicFile.write(file, bytes("a longer text"));
        AtomicFile.write(file, bytes("new"));
        assertThat(file).hasContent("new");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void whatACrashLeftIsNoPartOfIt() throws IOException {
        var file = directory.resolve("summary.json");
        Files.writeString(directory.resolve(".summary.json.partial"), "half of something longer");
        AtomicFile.write(file, bytes("new"));
        assertThat(file).hasContent("new");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void aMissingFolderIsAnIoException() {
        var file = directory.resolve("missing/summary.json");
        assertThatThrownBy(() -> AtomicFile.write(file, bytes("new"))).isInstanceOf(NoSuchFileException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
