package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs scripts of {@code src/test/python} by the interpreter that {@code -Dsckd.python} names. */
final class Python {
    static final Path SCRIPTS = Path.of("src/test/python");

    private Python() {}

    /**
     * Runs a script to its end.
     *
     * @param log what it prints; shown where it fails
     * @param limit after which it is ended and has failed
     */
    static void run(Path log, Duration limit, String script, List<String> arguments) {
        var interpreter = System.getProperty("sckd.python");
        assertThat(interpreter)
                .as("the interpreter; 'mvn verify -Pinterop' sets it")
                .isNotNull();
        var command =
                new ArrayList<>(List.of(interpreter, SCRIPTS.resolve(script).toString()));
        command.addAll(arguments);
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
