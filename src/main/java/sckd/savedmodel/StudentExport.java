package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import sckd.files.TreeCopy;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.TensorFlowReason;

/** Writes a trained student: its own directory unchanged, with new values in every checkpoint key of its variables. */
public final class StudentExport {
    /** What is not copied: the values, which are new, and a hash of the old ones. */
    private static final Set<String> NOT_COPIED = Set.of("variables", "fingerprint.pb");

    private StudentExport() {}

    /** As below, at a new or empty place. */
    public static void write(ClassifierModel model, Path checkpoint, String prefix, Path target) {
        write(model, checkpoint, prefix, target, ModelImport.Existing.REFUSE);
    }

    /**
     * Copies {@code model.directory()} to {@code target} with the values that the tensor bundle {@code checkpoint} holds under
     * {@code prefix/handle}; other keys (optimizer slots, counters, the object graph) keep their values; drops {@code fingerprint.pb}.
     * Written beside the target, loaded again, compared with the trained program, and only then renamed: a crash leaves no half model.
     *
     * @param checkpoint the bundle's prefix path, as given to SaveV2
     * @param existing what to do with a model that is at the target already
     * @throws sckd.UserException if {@code target} holds something else, or is or holds the model's own directory or lies in it, or a file cannot be
     *     read or written; what was there stays
     * @throws IllegalStateException if the model as written does not compute what the training's variables do
     */
    public static void write(
            ClassifierModel model, Path checkpoint, String prefix, Path target, ModelImport.Existing existing) {
        var place = new ExportTarget(target, existing);
        place.check(model.directory());
        place.write(directory -> {
            TreeCopy.copy(model.directory(), directory, path -> isCopied(model, path));
            if (isTrained(model)) {
                writeVariables(model, new TensorBundle(checkpoint), prefix, directory);
            }
            ExportCheck.check(directory, model, checkpoint, prefix);
        });
    }

    /** Where nothing was trained, all stays as it is. */
    private static boolean isCopied(ClassifierModel model, Path path) {
        return !isTrained(model) || !NOT_COPIED.contains(path.getName(0).toString());
    }

    private static boolean isTrained(ClassifierModel model) {
        return model.variables().stream().anyMatch(ModelVariable::isFloat);
    }

    private static void writeVariables(ClassifierModel model, TensorBundle trained, String prefix, Path directory)
            throws IOException {
        var entries =
                Checkpoint.find(model.directory()).map(Checkpoint::entries).orElse(Map.of());
        var target = new TensorBundle(
                Files.createDirectories(directory.resolve("variables")).resolve("variables"));
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var save = new ExportedValues(Ops.create(graph), model, entries).buildSave(trained, prefix, target);
            SessionRuns.run(session, List.of(save));
        } catch (RuntimeException e) {
            throw new IOException(TensorFlowReason.ofRefusal(e), e);
        }
    }
}
