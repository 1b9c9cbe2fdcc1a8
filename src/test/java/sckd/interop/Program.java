package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that run in a process of their own. */
final class Program {
    private Program() {}

    /**
     * Runs a program to its end, which has to be a good one.
     *
     * @param log what it prints; shown where it fails
     * @param limit after which it is ended and has failed
     */
    static void run(Path log, Duration limit, List<String> command) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    fail("%s ran longer than %d s; it printed:\n%s", command, limit.toSeconds(), Files.readString(log));
                }
                assertThat(process.exitValue())
                        .as("%s printed:\n%s", command, Files.readString(log))
                        .isZero();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
