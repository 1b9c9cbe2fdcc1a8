package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** {@code sckd} as a process of its own, in a working directory. */
final class TrainingProcess {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Process process;
    private final Path errors;

    private TrainingProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    static TrainingProcess start(Path directory, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        var errors = Files.createTempFile(directory, "stderr", ".txt");
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile())
                .start();
        return new TrainingProcess(process, errors);
    }

    /** Waits until the file or directory is there, which must be while the process runs. */
    void await(Path path) throws InterruptedException, IOException {
        await(() -> Files.exists(path));
    }

    /** Waits until one of the trainings has a checkpoint, whichever: the first is soon removed for later ones. */
    void awaitCheckpoint(Path... trainings) throws InterruptedException, IOException {
        await(() -> Arrays.stream(trainings).anyMatch(TrainingProcess::hasCheckpoint));
    }

    private static boolean hasCheckpoint(Path training) {
        var checkpoints = training.resolve("checkpoints").toFile().list((parent, name) -> name.startsWith("step-"));
        return checkpoints != null && checkpoints.length > 0;
    }

    private void await(BooleanSupplier there) throws InterruptedException, IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!there.getAsBoolean()) {
            assertThat(process.isAlive()).as("running; %s", errors()).isTrue();
            assertThat(System.nanoTime()).as("time").isLessThan(end);
            Thread.sleep(5);
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill").isZero();
    }

    /** Waits for the end. */
    int exitCode() throws InterruptedException {
        boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ends in time").isTrue();
        return process.exitValue();
    }

    /** What it printed on standard error. */
    String errors() throws IOException {
        return Files.readString(errors);
    }
}
