package sckd.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
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
 * A run's checkpoints: {@code step-00000468/} with the variables' tensor bundle and {@code state.json}. A checkpoint appears whole or not at all;
 * what a killed process had half written is a hidden {@code .step-….partial}, which is no checkpoint.
 *
 * @param directory holds them
 * @param keep how many of the newest stay; the best epoch's stays as well
 */
public record Checkpoints(Path directory, int keep) {
    /** A state without one of its parts is damaged, not one that starts from 0. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

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
     * @throws UserException if the disk does not take it; the older ones are then still there
     */
    Checkpoint write(TrainingState state, Consumer<Path> saveBundle) {
        var target = path(state.step());
        AtomicDirectory.write(target, partial -> {
            saveBundle.accept(partial.resolve("variables"));
            MAPPER.writeValue(partial.resolve("state.json").toFile(), state);
        });
        prune(state);
        return new Checkpoint(target, state);
    }

    /** The newest, if there is any. */
    public Optional<Checkpoint> findNewest() {
        return newestFirst().stream().findFirst().map(Checkpoints::read);
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
            return new Checkpoint(directory, MAPPER.readValue(Files.readAllBytes(file), TrainingState.class));
        } catch (JsonProcessingException e) {
            throw damaged(directory, "state.json: " + oneLine(e), e);
        } catch (IOException e) {
            throw damaged(directory, "state.json: " + IoReason.of(e, file), e);
        }
    }

    /** To be thrown where a checkpoint cannot be restored. */
    static UserException damaged(Path directory, String what, Exception cause) {
        return new UserException(
                "%s: damaged checkpoint: %s; remove it to go on from the one before".formatted(directory, what), cause);
    }

    private static String oneLine(JsonProcessingException e) {
        // without the second half, which names switches of the JSON library
        var line = e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst("; `.*", "");
        return e.getLocation() == null
                ? line
                : "line %s: %s".formatted(e.getLocation().getLineNr(), line);
    }

    private List<Path> newestFirst() {
        return list(PREFIX + "\\d+").stream()
                .sorted(Comparator.comparingLong(Checkpoints::step).reversed())
                .toList();
    }

    private static long step(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring(PREFIX.length()));
    }

    private List<Path> list(String pattern) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.filter(path -> path.getFileName().toString().matches(pattern))
                    .toList();
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(directory, IoReason.of(e, directory)), e);
        }
    }

    private void prune(TrainingState state) {
        newestFirst().stream()
                .skip(keep)
                .filter(path ->
                        state.best() == null || step(path) != state.best().step())
                .forEach(Checkpoints::delete);
        // left by a process that was killed while it wrote
        list("\\." + PREFIX + "\\d+\\.partial").forEach(Checkpoints::delete);
    }

    private static void delete(Path path) {
        try {
            AtomicDirectory.delete(path);
        } catch (IOException e) {
            throw new UserException("%s: cannot be removed: %s".formatted(path, IoReason.of(e, path)), e);
        }
    }
}
