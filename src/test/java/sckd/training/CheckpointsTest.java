package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;

class CheckpointsTest {
    private static final EvaluationResult EVALUATION = new EvaluationResult(0.1 + 0.2, 1, 1 / 3.0, 9);

    @TempDir
    private Path directory;

    @Test
    void keepsTheNewestAndTheBest() throws IOException {
        var checkpoints = new Checkpoints(directory, 2);
        for (int step = 1; step <= 6; step++) {
            write(checkpoints, state(step, 2));
        }
        assertThat(names()).containsExactlyInAnyOrder("step-00000002", "step-00000005", "step-00000006");
        assertThat(checkpoints.findNewest().orElseThrow().state().step()).isEqualTo(6);
        assertThat(checkpoints.readBest(state(6, 2)).state().step()).isEqualTo(2);
    }

    @Test
    void theNewestIsThatOfTheHighestStepHoweverLongItsNumber() {
        var checkpoints = new Checkpoints(directory, 2);
        write(checkpoints, state(99_999_999, 1));
        write(checkpoints, state(100_000_000, 1));
        assertThat(checkpoints.findNewest().orElseThrow().state().step()).isEqualTo(100_000_000);
    }

    @Test
    void readsWhatItWrote() {
        var state = state(468, 12);
        var written = write(new Checkpoints(directory, 1), state);
        assertThat(Checkpoints.read(written.directory())).isEqualTo(written);
        var start = TrainingState.START.written(17, 0, 0.1);
        assertThat(write(new Checkpoints(directory.resolve("b"), 1), start).state())
                .isEqualTo(
                        Checkpoints.read(directory.resolve("b/step-00000000")).state());
    }

    @Test
    void halfWrittenOnesAreNoneAndGoWithTheNext() throws IOException {
        var checkpoints = new Checkpoints(directory, 2);
        assertThat(checkpoints.findNewest()).isEmpty();
        Files.createDirectories(directory.resolve(".step-00000009.partial"));
        Files.writeString(directory.resolve(".step-00000009.partial/state.json"), "{");
        assertThat(checkpoints.findNewest()).isEmpty();
        write(checkpoints, state(3, 1));
        assertThat(checkpoints.findNewest().orElseThrow().state().step()).isEqualTo(3);
        assertThat(names()).containsExactly("step-00000003");
    }

    @Test
    void aDamagedStateIsOneLine() throws IOException {
        var checkpoint = write(new Checkpoints(directory, 2), state(3, 1)).directory();
        Files.writeString(checkpoint.resolve("state.json"), "{\"epoch\": 1,");
        assertDamaged(checkpoint, "state.json: line 1: Unexpected end-of-input within/between Object entries");
        Files.writeString(checkpoint.resolve("state.json"), "{\"epoch\": 1}");
        assertDamaged(checkpoint, "state.json: line 1: Missing creator property 'stepInEpoch' (index 1)");
        Files.delete(checkpoint.resolve("state.json"));
        assertDamaged(checkpoint, "state.json: no such file");
    }

    private void assertDamaged(Path checkpoint, String what) {
        assertThatThrownBy(() -> new Checkpoints(directory, 2).findNewest())
                .isInstanceOf(UserException.class)
                .hasMessage(checkpoint + ": damaged checkpoint: " + what + "; remove it to go on from the one before");
    }

    @Test
    void aDiskThatTakesNoMoreLeavesTheOlderOnes() {
        var checkpoints = new Checkpoints(directory, 1);
        write(checkpoints, state(3, 1));
        assertThatThrownBy(() -> checkpoints.write(state(4, 1), prefix -> {
                    throw new UncheckedIOException(new IOException("No space left on device"));
                }))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("step-00000004")
                        + ": cannot be written: No space left on device; nothing was left there");
        assertThat(checkpoints.findNewest().orElseThrow().state().step()).isEqualTo(3);
    }

    @Test
    void whatIsInTheWayIsNamed() throws IOException {
        Files.writeString(directory.resolve("checkpoints"), "a file");
        var checkpoints = new Checkpoints(directory.resolve("checkpoints"), 1);
        assertThat(checkpoints.findNewest()).isEmpty();
        assertThatThrownBy(() -> write(checkpoints, state(1, 1)))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(directory.resolve("checkpoints/step-00000001") + ": cannot be written: ");
    }

    private static Checkpoints.Checkpoint write(Checkpoints checkpoints, TrainingState state) {
        return checkpoints.write(state, prefix -> {
            try {
                Files.writeString(Path.of(prefix + ".index"), "variables");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static TrainingState state(long step, long best) {
        var sums = new StepSums(2, 10, 0.1, 7, Map.of("output", 1.0));
        return new TrainingState(
                2, 1, step, sums, sums, new BestEpoch(1, best, EVALUATION), EVALUATION, 1234, 56, 7.000000001);
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).toList();
        }
    }
}
