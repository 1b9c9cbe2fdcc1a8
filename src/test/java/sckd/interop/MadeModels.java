package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedSet;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The models that {@code make_models.py} makes, made once and anew when a script has changed. {@code -Dsckd.interop.models} names a directory
 * that holds them already.
 */
final class MadeModels {
    private static final Path WORK = Path.of("target/interop");
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private MadeModels() {}

    /** Their names, sorted; {@code -Dsckd.interop.only=START} leaves those that begin so. */
    static synchronized List<String> names() {
        var start = System.getProperty("sckd.interop.only", "");
        try (var entries = Files.list(root())) {
            var names = entries.filter(entry -> Files.exists(entry.resolve("recorded.json")))
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> name.startsWith(start))
                    .sorted()
                    .toList();
            assertThat(names)
                    .as("made models in %s that begin with '%s'", root(), start)
                    .isNotEmpty();
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Holds {@code recorded.json} and the SavedModel {@code model/}. */
    static Path directory(String name) {
        return root().resolve(name);
    }

    static Path model(String name) {
        return directory(name).resolve("model");
    }

    static Recorded recorded(String name) {
        return Recorded.read(directory(name));
    }

    private static synchronized Path root() {
        var given = System.getProperty("sckd.interop.models");
        if (given != null) {
            return Path.of(given);
        }
        var models = WORK.resolve("models");
        var stamp = models.resolve("scripts.sha256");
        try {
            var digest = digestOfScripts();
            if (!Files.exists(stamp) || !Files.readString(stamp).equals(digest)) {
                if (Files.exists(models)) { // with what is no longer made
                    MoreFiles.deleteRecursively(models, RecursiveDeleteOption.ALLOW_INSECURE);
                }
                var path = models.toString();
                var halves = List.of(List.of(path, "keras3"), List.of(path, "keras2", "module", "tf1"));
                Python.runTogether(WORK.resolve("make_models"), LIMIT, "make_models.py", halves);
                Files.writeString(stamp, digest);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return models;
    }

    private static String digestOfScripts() throws IOException {
        var hasher = Hashing.sha256().newHasher();
        for (var pattern : List.of("*_models.py", "recording.py", "requirements.txt")) {
            try (var scripts = Files.newDirectoryStream(Python.SCRIPTS, pattern)) {
                for (var script : ImmutableSortedSet.copyOf(scripts)) {
                    hasher.putBytes(Files.readAllBytes(script));
                }
            }
        }
        return hasher.hash().toString();
    }
}
