package sckd.training;

import java.nio.file.Path;

/**
 * What a training writes as it goes, {@code steps.jsonl} and {@code epochs.jsonl} of its directory.
 *
 * @param steps a line for each {@link StepRecord}
 * @param epochs a line for each {@link EpochRecord}
 */
record RunLogs(JsonLines steps, JsonLines epochs) implements AutoCloseable {
    /** Opens both, cut back to where a checkpoint's state was. */
    static RunLogs open(Path directory, TrainingState state) {
        var steps = JsonLines.open(directory.resolve("steps.jsonl"), state.stepLogBytes());
        try {
            return new RunLogs(steps, JsonLines.open(directory.resolve("epochs.jsonl"), state.epochLogBytes()));
        } catch (RuntimeException e) {
            steps.close();
            throw e;
        }
    }

    /** Forces all lines to the disk. */
    void force() {
        steps.force();
        epochs.force();
    }

    @Override
    public void close() {
        try (steps) {
            epochs.close();
        }
    }
}
