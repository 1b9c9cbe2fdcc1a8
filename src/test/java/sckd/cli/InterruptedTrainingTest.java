package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import sckd.data.MnistFiles;
import sckd.files.DirectoryLock;

/**
 * {@code sckd train} as a process that is killed, or asked to stop, and gone on with by another: it ends with the bits of one that was left alone.
 * The experiment is a small one of two methods on images written here in MNIST's format.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends POSIX signals")
class InterruptedTrainingTest {
    private static final int EPOCHS = 12;
    private static final int STEPS_IN_EPOCH = 25;
    private static final String EXPERIMENT =
            """
            name: small
            seed: 4
            data: {dataset: mnist, path: images, augment: [{kind: random-crop, padding: 1}, horizontal-flip]}
            student: {model: "zoo:plain-cnn-2"}
            teachers:
              - name: teacher
                model: zoo:plain-cnn-2
                training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.05}}
                check: false
            losses:
              - {name: output, kind: output, teacher: teacher, temperature: 4, weight: 0.9}
              - {name: hint, kind: fitnets, teacher: teacher, teacher-layer: stage1, student-layer: stage1}
            gate: cosine
            training:
              epochs: %s
              batch-size: 8
              optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9, weight-decay: 0.0005}
            methods:
              SCKD: {}
            """
                    .formatted(EPOCHS);

    @TempDir
    private static Path directory;

    /** Written once: what a run that nothing disturbs comes to. */
    private static Path whole;

    @BeforeAll
    static void trainWithoutInterruption() throws Exception {
        MnistFiles.write(directory.resolve("images"), 8 * STEPS_IN_EPOCH - 3, 50);
        Files.writeString(directory.resolve("small.yaml"), EXPERIMENT);
        whole = directory.resolve("whole");
        assertEnds(start("whole"), 0);
    }

    @Test
    void anotherProcessEndsWithTheSameBits() throws Exception {
        assertEnds(start("again"), 0);
        assertSameRuns("again");
    }

    @Test
    void aKilledTrainingGoesOnBitForBit() throws Exception {
        var killed = start("killed");
        killed.awaitCheckpoint(directory.resolve("killed/SCKD"));
        killed.signal("KILL");
        assertEnds(killed, 137);
        assertThat(directory.resolve("killed/SCKD/summary.json")).doesNotExist();
        assertEnds(resume("killed"), 0);
        assertSameRuns("killed");
    }

    @Test
    void sigtermWritesACheckpointOfThatVeryStep() throws Exception {
        assertStops("TERM", 143);
        assertEnds(resume("TERM"), 0);
        assertSameRuns("TERM");
    }

    @Test
    void controlCWritesACheckpointOfThatVeryStep() throws Exception {
        assumeFalse(ignoresInterrupt(), "SIGINT is ignored here, and so by every process started from here");
        assertStops("INT", 130);
    }

    /** On a busy machine the signal may come after the first steps: then what it says is held to what is there. */
    @Test
    void beforeTheFirstStepThereIsNothingToSave() throws Exception {
        var process = start("early");
        process.await(directory.resolve("early/.lock"));
        process.signal("TERM");
        assertEnds(process, 143);
        var checkpoints = directory.resolve("early/teachers/teacher/checkpoints");
        assertThat(process.errors().contains("stopping")).isEqualTo(Files.exists(checkpoints));
    }

    @Test
    void aKilledExportLeavesNoHalfModel() throws Exception {
        var partial = directory.resolve(".exported.partial");
        var killed = TrainingProcess.start(directory, "export", "whole/SCKD", "--to", "exported");
        killed.await(partial);
        killed.signal("KILL");
        assertEnds(killed, 137);
        assertThat(directory.resolve("exported")).doesNotExist();
        assertThat(partial).exists();

        assertEnds(TrainingProcess.start(directory, "export", "whole/SCKD", "--to", "exported"), 0);
        assertThat(partial).doesNotExist();
        assertThat(directory.resolve("exported/variables/variables.data-00000-of-00001"))
                .hasSameBinaryContentAs(whole.resolve("SCKD/student/variables/variables.data-00000-of-00001"));
    }

    @Test
    void twoProcessesDoNotWorkInOneRun() throws Exception {
        try (var lock = DirectoryLock.acquire(whole)) {
            var second = resume("whole");
            assertEnds(second, 2);
            assertThat(second.errors())
                    .endsWith(
                            "sckd: whole: another process is at work there; wait until it ends, or name another directory\n");
        }
    }

    private static void assertStops(String signal, int code) throws Exception {
        var process = start(signal);
        process.awaitCheckpoint(directory.resolve(signal).resolve("SCKD"));
        process.signal(signal);
        assertEnds(process, code);
        var told = Pattern.compile("sckd: stopped after step (\\d+); checkpoint: (\\S+); go on with --resume")
                .matcher(process.errors());
        assertThat(told.find()).as(process.errors()).isTrue();
        assertThat(directory.resolve(told.group(2)).resolve("state.json"))
                .content()
                .contains("\"step\":" + told.group(1) + ",");
        assertThat(directory.resolve(signal).resolve("SCKD/steps.jsonl"))
                .content()
                .hasLineCount(Integer.parseInt(told.group(1)));
        assertThat(process.errors()).contains("stopping: what is under way is ended and a checkpoint written\n");
    }

    private static void assertSameRuns(String name) {
        var run = directory.resolve(name);
        var last = "SCKD/checkpoints/step-%08d/".formatted(EPOCHS * STEPS_IN_EPOCH);
        for (var file : List.of(
                last + "variables.index",
                last + "variables.data-00000-of-00001",
                "SCKD/steps.jsonl",
                "SCKD/student/variables/variables.data-00000-of-00001",
                "SCKD/student/saved_model.pb",
                "teachers/teacher/student/variables/variables.data-00000-of-00001")) {
            assertThat(run.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
    }

    private static void assertEnds(TrainingProcess process, int code) throws Exception {
        assertThat(process.exitCode()).as(process.errors()).isEqualTo(code);
    }

    private static TrainingProcess start(String output) throws IOException {
        return TrainingProcess.start(directory, "train", "small.yaml", "--output", output);
    }

    private static TrainingProcess resume(String output) throws IOException {
        return TrainingProcess.start(directory, "train", "--resume", "--output", output);
    }

    private static boolean ignoresInterrupt() throws IOException {
        var status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "needs /proc to see whether SIGINT is ignored");
        var ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 2) != 0;
    }
}
