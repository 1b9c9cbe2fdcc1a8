package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Runs scripts of {@code src/test/python} by the interpreter that {@code -Dsckd.python} names. */
final class Python {
    static final Path SCRIPTS = Path.of("src/test/python");

    private Python() {}

    /** Runs a script as {@link Program#run} does. */
    static void run(Path log, Duration limit, String script, List<String> arguments) {
        var interpreter = System.getProperty("sckd.python");
        assertThat(interpreter)
                .as("the interpreter; 'mvn verify -Pinterop' sets it")
                .isNotNull();
        var command = ImmutableList.<String>builder()
                .add(interpreter, SCRIPTS.resolve(script).toString())
                .addAll(arguments)
                .build();
        Program.run(log, limit, command);
    }

    /**
     * Runs a script for each of the lists of arguments, all at once.
     *
     * @param log of each, with its number and {@code .log} behind
     */
    static void runTogether(Path log, Duration limit, String script, List<? extends List<String>> arguments) {
        IntStream.range(0, arguments.size())
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> run(Path.of(log + "-" + i + ".log"), limit, script, arguments.get(i)),
                        task -> new Thread(task, script).start()))
                .toList()
                .forEach(CompletableFuture::join);
    }
}
