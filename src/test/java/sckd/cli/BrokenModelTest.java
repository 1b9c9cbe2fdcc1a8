package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.Shared;
import sckd.zoo.Zoo;

/** Damaged models at the command line: one line, exit code 2, nothing written, whichever command meets them. */
class BrokenModelTest {
    private static final String NAME =
            "broken-model-test-" + ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    private Path model;
    private Path program;
    private Path index;
    private Path data;

    @BeforeEach
    void writeModel() {
        model = directory.resolve("model");
        Zoo.create("plain-cnn-2", 10, List.of(8, 8, 1), 3, model);
        program = model.resolve("saved_model.pb");
        index = model.resolve("variables/variables.index");
        data = model.resolve("variables/variables.data-00000-of-00001");
    }

    @AfterEach
    void nothingWasImported() throws IOException {
        try (var models = Files.list(Path.of("savedmodels"))) {
            var left = models.filter(path -> path.getFileName().toString().contains(NAME))
                    .toList();
            for (var path : left) {
                MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
            }
            assertThat(left).isEmpty();
        }
    }

    /** @param message after the model's directory, as each command names it */
    private void assertRefused(String message) {
        Sckd.run("import", model.toString(), "--as", NAME).assertRefused(message);
        Sckd.run("evaluate", model.toString(), "--data", "shapes", "--limit", "1")
                .assertRefused(message);
    }

    @Test
    void anEmptyProgram() throws IOException {
        Files.write(program, new byte[0]);
        assertRefused(program + ": no meta graph has the tag 'serve'; it holds no meta graph");
    }

    @Test
    void aProgramThatIsNone() throws IOException {
        Files.writeString(program, "<!DOCTYPE html><html>404</html>");
        assertRefused(
                program + ": no meta graph has the tag 'serve'; it holds no meta graph"); // fields that nobody knows
    }

    @Test
    void aProgramThatIsADirectory() throws IOException {
        Files.delete(program);
        Files.createDirectory(program);
        assertThat(importing()).startsWith(model + ": holds no saved_model.pb, so no SavedModel; found ");
        Sckd.run("inspect", model.toString())
                .assertRefused(model + " holds no saved_model.pb; expected a SavedModel directory");
    }

    @Test
    void aProgramCutShort() throws IOException {
        var bytes = Files.readAllBytes(program);
        Files.write(program, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(program + " is no SavedModel: it cannot be parsed as a protobuf; it may be damaged or cut short");
    }

    @Test
    void noData() throws IOException {
        Files.delete(data);
        assertThat(importing()).startsWith(data + " is missing; variables.index places ");
    }

    @Test
    void dataCutShort() throws IOException {
        var bytes = Files.readAllBytes(data);
        Files.write(data, Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(importing()).startsWith(data + " is cut short: it has " + (bytes.length - 1) + " bytes, and '");
    }

    @Test
    void dataWithAFlippedBit() throws IOException {
        var bytes = Files.readAllBytes(data);
        bytes[bytes.length / 2] ^= 1;
        Files.write(data, bytes);
        assertThat(importing())
                .matches("\\Q" + data
                        + "\\E is damaged: '.+' fails its checksum; bring the file again from where it came");
    }

    @Test
    void anIndexThatIsADirectory() throws IOException {
        Files.delete(index);
        Files.createDirectory(index);
        assertThat(importing())
                .matches("\\Q" + program + "\\E: reads \\d+ variables, and there is no variables/variables.index"
                        + " beside it that holds their values");
    }

    @Test
    void theCheckpointOfAnotherModel() throws IOException {
        var other = directory.resolve("other");
        Zoo.create("plain-cnn-2", 7, List.of(8, 8, 1), 3, other);
        MoreFiles.deleteRecursively(model.resolve("variables"), RecursiveDeleteOption.ALLOW_INSECURE);
        Files.move(other.resolve("variables"), model.resolve("variables"));
        assertThat(importing()).startsWith(index + ": '").endsWith("; the checkpoint belongs to another model");
    }

    @Test
    void filesThatMayNotBeRead() throws IOException {
        Files.setPosixFilePermissions(index, Set.of());
        assumeFalse(Files.isReadable(index), "this user may read everything");
        assertThat(importing()).isEqualTo(index + ": cannot be read: access denied");
    }

    @Test
    void theKnownOnes() {
        for (var name : List.of("lfs-pointers", "missing-shard")) {
            model = Shared.require("models/broken/" + name);
            assertThat(importing()).startsWith(model.toString());
        }
    }

    private String importing() {
        var called = Sckd.run("import", model.toString(), "--as", NAME);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.out()).isEmpty();
        assertThat(called.err()).startsWith("sckd: ").endsWith("\n").containsOnlyOnce("\n");
        return called.err().strip().substring("sckd: ".length());
    }
}
