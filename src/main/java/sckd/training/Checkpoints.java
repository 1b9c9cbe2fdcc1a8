package sckd.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.files.IoReason;

/**
 * A run's checkpoints: {@code step-00000468/} with the variables' tensor bundle and {@code state.json}. A checkpoint appears whole or not at all.
 *
 * @param directory holds them
 * @param keep how many of the newest stay; the best epoch's stays as well
 */
public record Checkpoints(Path directory, int keep) {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String PREFIX = "step-";

    /** A checkpoint that can be restored. */
    public record Checkpoint(Path directory, TrainingState state) {
        /** Prefix of the tensor bundle's files. */
        public Path bundle() {
            return directory.resolve("variables");
        }
    }

    /**
     * Writes a checkpoint, then removes those that are no longer kept.
     *
     * @param saveBundle writes the variables under the prefix that it is given
     */
    Checkpoint write(TrainingState state, Consumer<Path> saveBundle) {
        var target = path(state.step());
        try {
            // a step that a resume came back to: the same state, written anew
            AtomicDirectory.delete(target);
            AtomicDirectory.write(target, partial -> {
                saveBundle.accept(partial.resolve("variables"));
                MAPPER.writeValue(partial.resolve("state.json").toFile(), state);
            });
            prune(state);
        } catch (IOException e) {
            throw new UserException("%s: cannot be replaced: %s".formatted(target, IoReason.of(e)), e);
        }
        return new Checkpoint(target, state);
    }

    /** The newest, if there is any. */
    public Optional<Checkpoint> findNewest() {
        return paths().stream().findFirst().map(Checkpoints::read);
    }

    /** That of the best epoch so far. */
    Checkpoint readBest(TrainingState state) {
        return read(path(state.best().step()));
    }

    private Path path(long step) {
        return directory.resolve("%s%08d".formatted(PREFIX, step));
    }

    /**
     * Reads one.
     *
     * @throws UserException if it is none
     */
    public static Checkpoint read(Path directory) {
        var file = directory.resolve("state.json");
        try {
            return new Checkpoint(directory, MAPPER.readValue(file.toFile(), TrainingState.class));
        } catch (IOException e) {
            throw new UserException("%s: no readable state of a training: %s".formatted(file, IoReason.of(e)), e);
        }
    }

    /** Newest first. */
    private List<Path> paths() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.filter(path -> path.getFileName().toString().matches(PREFIX + "\\d+"))
                    .sorted(Comparator.<Path>naturalOrder().reversed())
                    .toList();
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(directory, IoReason.of(e)), e);
        }
    }

    private void prune(TrainingState state) throws IOException {
        for (var path : paths().stream().skip(keep).toList()) {
            if (state.best() == null || !path.equals(path(state.best().step()))) {
                AtomicDirectory.delete(path);
            }
        }
    }
}
