package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Joiner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models with faults, {@code -Dsckd.fuzz.count=N} of them from number {@code -Dsckd.fuzz.seed=N} on: each is refused in one line or does what it says.
 * A mutant's number is its seed, so that one alone can be tried again. Profile {@code fuzz} tries thousands.
 */
class ModelFuzzTest {
    private static final long FIRST = Long.getLong("sckd.fuzz.seed", 0);
    private static final int COUNT = Integer.getInteger("sckd.fuzz.count", 200);
    private static final Duration LONGEST_TRIAL = Duration.ofSeconds(60);
    private static final int MOST_FAULTS = 20;

    @TempDir
    private Path directory;

    private final List<String> faults = new ArrayList<>();
    private final Map<FuzzTrial.Outcome, Integer> outcomes = new EnumMap<>(FuzzTrial.Outcome.class);

    @Test
    void everyMutantIsRefusedInALineOrDoesWhatItSays() throws IOException, InterruptedException {
        long next = FIRST;
        var watch = Executors.newSingleThreadScheduledExecutor();
        try {
            while (next < FIRST + COUNT && faults.size() < MOST_FAULTS) {
                next = tryFrom(next, watch);
            }
        } finally {
            watch.shutdownNow();
        }
        assertThat(faults)
                .as("a mutant alone: mvn test -Dtest=ModelFuzzTest -Dsckd.fuzz.count=1 -Dsckd.fuzz.seed=NUMBER")
                .isEmpty();
        if (COUNT >= 100) { // some of any hundred are used to the end, or nothing was tried
            assertThat(outcomes).containsKeys(FuzzTrial.Outcome.REFUSED, FuzzTrial.Outcome.AS_LOADED);
        }
        System.out.println("mutants " + FIRST + " to " + (FIRST + COUNT - 1) + ": " + outcomes);
    }

    /** What is refused as it is would say nothing with a fault in it. */
    @Test
    void theModelsWithoutFaultsAreAccepted() throws IOException {
        for (var model : FuzzModels.write(directory)) {
            assertThat(FuzzTrial.run(model)).as(model.toString()).isEqualTo(FuzzTrial.Outcome.AS_LOADED);
        }
    }

    /** Lets a process try mutants until all are tried or it ends; returns the number after its last. */
    private long tryFrom(long first, ScheduledExecutorService watch) throws IOException, InterruptedException {
        var errors = Files.createTempFile(directory, "errors", ".txt");
        var process = new ProcessBuilder(command(first))
                .redirectError(errors.toFile())
                .start();
        long current = first;
        var trace = new ArrayList<String>();
        try (var lines = process.inputReader()) {
            ScheduledFuture<?> limit = null;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("try ")) {
                    current = Long.parseLong(line.substring(4));
                    trace.clear();
                    limit = watch.schedule(process::destroyForcibly, LONGEST_TRIAL.toSeconds(), TimeUnit.SECONDS);
                } else if (line.startsWith("FAULT ")) {
                    faults.add("mutant " + current + ": " + Joiner.on('\n').join(trace));
                    limit.cancel(false);
                } else if (line.endsWith(" " + current) && isOutcome(line)) {
                    outcomes.merge(FuzzTrial.Outcome.valueOf(line.substring(0, line.indexOf(' '))), 1, Integer::sum);
                    limit.cancel(false);
                } else {
                    trace.add(line);
                }
            }
        }
        int code = process.waitFor();
        if (code != 0) {
            faults.add("mutant %d ended the process, code %d, or took more than %s: %s"
                    .formatted(current, code, LONGEST_TRIAL, lastLines(errors)));
        }
        return current + 1;
    }

    private static boolean isOutcome(String line) {
        return List.of(FuzzTrial.Outcome.values()).stream().anyMatch(outcome -> line.startsWith(outcome.name() + " "));
    }

    private static String lastLines(Path errors) throws IOException {
        var lines = Files.readAllLines(errors);
        return Joiner.on('\n').join(lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    private List<String> command(long first) {
        var command = new ArrayList<String>();
        if (System.getProperty("os.name").equals("Linux")) {
            // a mutant that asks for all memory is to fail before the machine does
            command.addAll(List.of("sh", "-c", "ulimit -c 0; ulimit -v 20000000; exec \"$@\"", "sh"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:ErrorFile=" + directory.resolve("crash.log")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FuzzProcess.class.getName()));
        command.addAll(List.of(directory.toString(), Long.toString(first), Long.toString(FIRST + COUNT)));
        return command;
    }
}
