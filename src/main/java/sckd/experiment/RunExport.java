package sckd.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sckd.UserException;
import sckd.files.IoReason;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelImport.Existing;
import sckd.savedmodel.StudentExport;
import sckd.training.Checkpoints;
import sckd.training.Checkpoints.Checkpoint;
import sckd.training.TrainingTask;

/** The student of a run as it is, or as it was at a checkpoint. */
public final class RunExport {
    private RunExport() {}

    /**
     * What was exported.
     *
     * @param epoch whole epochs that the student was trained
     * @param step steps likewise
     */
    public record Report(String run, String target, int epoch, long step) {}

    /**
     * Writes the student as a SavedModel; see {@link StudentExport}.
     *
     * @param source a run's directory (its newest checkpoint), or a checkpoint's
     * @param target a new or empty directory, or a model's
     * @param existing what to do with a model that is at the target
     * @throws UserException if the source is neither, or the target is taken
     */
    public static Report write(Path source, Path target, Existing existing) {
        var checkpoint = findCheckpoint(source);
        // RUN/checkpoints/step-…
        var place = checkpoint.directory().toAbsolutePath().normalize();
        var run = new RunDirectory(place.getParent().getParent());
        var model = ClassifierModel.read(run.initial(), RunSettings.find(run));
        StudentExport.write(model, checkpoint.bundle(), TrainingTask.STUDENT, target, existing);
        var state = checkpoint.state();
        return new Report(run.path().toString(), target.toString(), state.epoch() - 1, state.step());
    }

    private static Checkpoint findCheckpoint(Path source) {
        if (Files.exists(source.resolve("state.json"))) {
            return Checkpoints.read(source);
        }
        var checkpoints = source.resolve("checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            var methods = findMethods(source);
            throw new UserException(
                    methods.isEmpty()
                            ? "%s: no run and no checkpoint; expected a directory with checkpoints/ in it, such as runs/quickstart/SCKD"
                                    .formatted(source)
                            : "%s: has a run for each method; expected one of them: %s"
                                    .formatted(source, String.join(", ", methods)));
        }
        return new Checkpoints(checkpoints, 1)
                .findNewest()
                .orElseThrow(() -> new UserException("%s: holds no checkpoint yet".formatted(checkpoints)));
    }

    private static List<String> findMethods(Path source) {
        if (!Files.isDirectory(source)) {
            return List.of();
        }
        try (var entries = Files.list(source)) {
            return entries.filter(entry -> Files.isDirectory(entry.resolve("checkpoints")))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(source, IoReason.of(e, source)), e);
        }
    }
}
