package sckd.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import sckd.UserException;
import sckd.experiment.ComparisonRun;
import sckd.experiment.RunListener;

/**
 * The seeds of a comparison, several at a time, each as {@code sckd train} in a process of its own with its share of the cores. What it says goes to
 * {@code seed-N.log}.
 */
final class SeedProcesses {
    private static final long POLL_MILLISECONDS = 200;

    private final ComparisonRun comparison;
    private final int jobs;
    private final RunListener listener;
    private final BooleanSupplier stopRequested;
    private final Map<Long, Process> running = new HashMap<>();
    private final List<Long> failed = new ArrayList<>();

    SeedProcesses(ComparisonRun comparison, int jobs, RunListener listener, BooleanSupplier stopRequested) {
        this.comparison = comparison;
        this.jobs = jobs;
        this.listener = listener;
        this.stopRequested = stopRequested;
    }

    /** @throws UserException if a seed fails; the others are run to their end */
    void run(List<Long> seeds) {
        var waiting = new ArrayDeque<>(seeds);
        try {
            while (!waiting.isEmpty() || !running.isEmpty()) {
                while (running.size() < jobs && !waiting.isEmpty()) {
                    long seed = waiting.remove();
                    running.put(seed, start(seed));
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
                if (stopRequested.getAsBoolean()) {
                    throw stopped();
                }
                collectEnded();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopped();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            stopAll();
        }
        if (!failed.isEmpty()) {
            var log = log(failed.get(0));
            throw new UserException(
                    "seed %d failed (%s); its last words: %s".formatted(failed.get(0), log, lastLine(log)));
        }
    }

    /** Each writes a checkpoint first, if it has begun a training. */
    private void stopAll() {
        running.values().forEach(Process::destroy);
        running.values().forEach(process -> process.onExit().join());
    }

    private static UserException stopped() {
        return new UserException("stopped; what had begun has its checkpoint: go on with --resume");
    }

    private void collectEnded() {
        var ended = running.entrySet().stream()
                .filter(entry -> !entry.getValue().isAlive())
                .toList();
        for (var entry : ended) {
            long seed = entry.getKey();
            int code = entry.getValue().exitValue();
            listener.message(
                    code == 0 ? "seed %d: done".formatted(seed) : "seed %d: failed (%s)".formatted(seed, log(seed)));
            if (code != 0) {
                failed.add(seed);
            }
            running.remove(seed);
            comparison.writeTables();
        }
    }

    private Process start(long seed) throws IOException {
        var directory = comparison.runOf(seed);
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-Dsckd.terminal=false"); // into a file
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "train"));
        command.add(comparison.directory().resolve("experiment.yaml").toString());
        command.addAll(
                List.of("--set", "seed=" + seed, "--output", directory.path().toString()));
        if (Files.exists(directory.path().resolve("experiment.yaml"))) {
            command.add("--resume");
        }
        var builder = new ProcessBuilder(command)
                .redirectOutput(Redirect.appendTo(log(seed).toFile()))
                .redirectError(Redirect.appendTo(log(seed).toFile()));
        var threads = String.valueOf(Math.max(1, Runtime.getRuntime().availableProcessors() / jobs));
        builder.environment().put("TF_NUM_INTRAOP_THREADS", threads);
        builder.environment().put("TF_NUM_INTEROP_THREADS", threads);
        listener.message("seed %d: started (%s)".formatted(seed, log(seed)));
        return builder.start();
    }

    private Path log(long seed) {
        return comparison.directory().resolve("seed-" + seed + ".log");
    }

    private static String lastLine(Path log) {
        try {
            var lines = Files.readAllLines(log);
            return lines.isEmpty() ? "none" : lines.get(lines.size() - 1);
        } catch (IOException e) {
            return "none";
        }
    }
}
