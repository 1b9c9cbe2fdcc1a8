package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import sckd.UserException;
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
     * @throws UserException if {@code target} holds something else, or is or holds the model's own directory or lies in it, or a file cannot be read
     *     or written; what was there stays
     * @throws IllegalStateException if the model as written does not compute what the training's variables do
     */
    public static void write(
            ClassifierModel model, Path checkpoint, String prefix, Path target, ModelImport.Existing existing) {
        var place = new ExportTarget(target, existing);
        place.check(model.directory());
        place.write(directory -> {
            TreeCopy.copy(model.directory(), directory, StudentExport::isCopied);
            writeVariables(model, new TensorBundle(checkpoint), prefix, directory);
            ExportCheck.check(directory, model, checkpoint, prefix);
        });
    }

    private static boolean isCopied(Path path) {
        return !NOT_COPIED.contains(path.getName(0).toString());
    }

    /** All keys of the model's own checkpoint, each with the trained value of its variable or else its own. */
    private static void writeVariables(ClassifierModel model, TensorBundle trained, String prefix, Path directory)
            throws IOException {
        var entries =
                Checkpoint.find(model.directory()).map(Checkpoint::entries).orElse(Map.of());
        entries.forEach((key, entry) -> checkWhole(model, key, entry));
        var target = new TensorBundle(
                Files.createDirectories(directory.resolve("variables")).resolve("variables"));
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var trainedValues = buildTrained(tf, trained, prefix, model, entries);
            var otherKeys = Sets.difference(entries.keySet(), trainedValues.keySet());
            var otherValues = buildOriginal(tf, CheckpointConstants.bundle(model), otherKeys, entries);
            var values = ImmutableMap.<String, Operand<?>>builder()
                    .putAll(trainedValues)
                    .putAll(otherValues)
                    .buildOrThrow();
            var save = target.buildSave(tf, List.copyOf(values.keySet()), List.copyOf(values.values()));
            SessionRuns.run(session, List.of(save));
        } catch (RuntimeException e) {
            throw new IOException(TensorFlowReason.ofRefusal(e), e);
        }
    }

    private static void checkWhole(ClassifierModel model, String key, BundleEntryProto entry) {
        if (entry.getSlicesCount() > 0) {
            throw new UserException("%s: '%s' of its checkpoint is stored in %d slices; expected one whole tensor"
                    .formatted(model.directory(), key, entry.getSlicesCount()));
        }
    }

    private static Map<String, Operand<?>> buildOriginal(
            Ops tf, TensorBundle original, Set<String> keys, Map<String, BundleEntryProto> entries) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        var ordered = List.copyOf(keys);
        var restored = original.buildRestore(
                tf,
                ordered,
                ordered.stream().map(key -> entries.get(key).getDtype()).toList());
        var values = ImmutableMap.<String, Operand<?>>builder();
        for (int i = 0; i < ordered.size(); i++) {
            values.put(ordered.get(i), restored.get(i));
        }
        return values.buildOrThrow();
    }

    /** Under every key of each variable, for readers differ in the key that they take. */
    private static Map<String, Operand<?>> buildTrained(
            Ops tf, TensorBundle trained, String prefix, ClassifierModel model, Map<String, BundleEntryProto> entries) {
        var variables =
                model.variables().stream().filter(ModelVariables::isFloat).toList();
        var names = variables.stream()
                .map(variable -> ModelVariables.nameOf(prefix, variable))
                .toList();
        var restored = trained.buildRestore(
                tf, names, variables.stream().map(variable -> DataType.DT_FLOAT).toList());
        var values = ImmutableMap.<String, Operand<?>>builder();
        for (int i = 0; i < variables.size(); i++) {
            for (var key : variables.get(i).keys()) {
                values.put(
                        key,
                        ModelProgram.buildCast(
                                tf, restored.get(i), entries.get(key).getDtype()));
            }
        }
        return values.buildOrThrow();
    }
}
