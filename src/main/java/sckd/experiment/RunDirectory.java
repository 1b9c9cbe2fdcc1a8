package sckd.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import sckd.UserException;
import sckd.files.AtomicFile;
import sckd.files.IoReason;
import sckd.report.RunSummary;

/**
 * Where a run keeps all that it makes: {@code experiment.yaml} as resolved, {@code initial/} (the student before training), {@code followed/} (what its gate
 * follows), {@code steps.jsonl}, {@code epochs.jsonl}, {@code checkpoints/}, {@code student/} (the SavedModel), {@code heads/} (where it has auxiliary
 * classifiers), {@code summary.json}. An experiment with methods has one for each inside its own, and one for each teacher that it trains under
 * {@code teachers/}; a student that is trained in stages has one for each of them under {@code stages/}.
 */
public record RunDirectory(Path path) {
    /** Among the methods' folders, and so no name for one. */
    static final String TEACHERS = "teachers";

    private static final String STAGES = "stages";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** The run of a method in an experiment's directory. */
    RunDirectory method(String name) {
        return new RunDirectory(path.resolve(name));
    }

    /** The run of a teacher that the experiment trains, or the notes on one that it takes. */
    RunDirectory teacher(String name) {
        return new RunDirectory(path.resolve(TEACHERS).resolve(name));
    }

    /** The run of a stage before this one's own training. */
    RunDirectory stage(String name) {
        return new RunDirectory(path.resolve(STAGES).resolve(name));
    }

    /** The run that this one is a stage of, if its place says so. */
    Optional<RunDirectory> findWhole() {
        var parent = path.getParent();
        return parent != null && parent.endsWith(STAGES)
                ? Optional.ofNullable(parent.getParent()).map(RunDirectory::new)
                : Optional.empty();
    }

    /** What its gate follows of another run or method, as that stood when this one began. */
    RunDirectory followed() {
        return new RunDirectory(path.resolve("followed"));
    }

    Path experiment() {
        return path.resolve("experiment.yaml");
    }

    /** The student as it was before this training, whole: a resume needs nothing from outside but images and teachers. */
    Path initial() {
        return path.resolve("initial");
    }

    /** The trained student. */
    Path student() {
        return path.resolve("student");
    }

    /** The values of its trained heads, if it has any: no part of the exported student. */
    Path heads() {
        return path.resolve("heads");
    }

    /** What the run came to, if it ended. */
    Optional<RunSummary> findSummary() {
        return findJson(path.resolve("summary.json"), RunSummary.class, "no readable summary of a run: %s");
    }

    void writeSummary(RunSummary summary) {
        write(path.resolve("summary.json"), toJson(summary));
    }

    void writeExperiment(Experiment experiment) {
        write(experiment(), ExperimentFile.toYaml(experiment));
    }

    /**
     * What {@link #toJson} wrote, if the file is there.
     *
     * @param fault what to say of one that cannot be read, with a place for the reason
     */
    static <T> Optional<T> findJson(Path file, Class<T> type, String fault) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(MAPPER.readValue(file.toFile(), type));
        } catch (IOException e) {
            throw new UserException(file + ": " + fault.formatted(IoReason.of(e)), e);
        }
    }

    static String toJson(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // records of numbers and texts
        }
    }

    static void write(Path file, String content) {
        write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    static void write(Path file, byte[] content) {
        try {
            AtomicFile.write(file, content);
        } catch (IOException e) {
            throw new UserException("%s: cannot be written: %s".formatted(file, IoReason.of(e)), e);
        }
    }

    /** Keeps the digest of a teacher that is taken from outside. */
    void writeDigest(String sha256) {
        write(digest(), sha256 + "\n");
    }

    /** The digest kept when the run began. */
    Optional<String> findDigest() {
        try {
            return Files.exists(digest())
                    ? Optional.of(Files.readString(digest()).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(digest(), IoReason.of(e)), e);
        }
    }

    private Path digest() {
        return path.resolve("model.sha256");
    }

    void create() {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new UserException("%s: cannot be made: %s".formatted(path, IoReason.of(e)), e);
        }
    }
}
