package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class JsonLinesTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("steps.jsonl");
    }

    @Test
    void forcedLinesAreInTheFile() throws IOException {
        try (var lines = JsonLines.open(file, 0)) {
            lines.append(Map.of("step", 1));
            lines.append(Map.of("name", "ä"));
            lines.force();
            assertThat(Files.readString(file)).isEqualTo("{\"step\":1}\n{\"name\":\"ä\"}\n");
            assertThat(lines.bytes()).isEqualTo(Files.size(file));
        }
    }

    @Test
    void opensCutBackAndGoesOnThere() throws IOException {
        Files.writeString(file, "{\"step\":1}\n{\"step\":2}\n{\"st");
        try (var lines = JsonLines.open(file, 11)) {
            lines.append(Map.of("step", 3));
        }
        assertThat(Files.readString(file)).isEqualTo("{\"step\":1}\n{\"step\":3}\n");
    }

    @Test
    void aFileThatLostLinesIsRefused() throws IOException {
        Files.writeString(file, "{\"step\":1}\n");
        assertThatThrownBy(() -> JsonLines.open(file, 22))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        file
                                + ": has 11 bytes, fewer than the 22 of its checkpoint; put the whole file back, or start a new run");
        assertThat(Files.readString(file)).as("as it was").isEqualTo("{\"step\":1}\n");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        var missing = directory.resolve("missing/steps.jsonl");
        assertThatThrownBy(() -> JsonLines.open(missing, 0))
                .isInstanceOf(UserException.class)
                .hasMessage(missing + ": cannot be written: no such file; mend that and go on with --resume");
    }
}
