package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.SetMultimap;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.NodeDef;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;

/**
 * Variables that a program's own restore leaves out, and that its objects know: {@code tf.saved_model.save} of a Keras 3 model restores other handles
 * than the signature reads. Python restores by the objects; a loader in graph mode takes no such model.
 *
 * @param keys of each handle
 */
record LeftOutVariables(Map<String, String> keys) {
    static LeftOutVariables find(
            SavedModelFile file,
            Collection<ModelVariable> variables,
            SetMultimap<String, RestoreKeys.Restored> restored,
            ObjectGraphKeys objects) {
        var nodes = file.metaGraph().getGraphDef().getNodeList();
        var sharedNames = nodes.stream()
                .filter(node -> restored.containsKey(node.getName()))
                .flatMap(node -> SharedName.of(node).stream())
                .collect(ImmutableSet.toImmutableSet());
        var leftOut = nodes.stream()
                .filter(node -> node.getOp().equals("VarHandleOp") && !restored.containsKey(node.getName()))
                .filter(node -> SharedName.of(node).stream().noneMatch(sharedNames::contains))
                .map(NodeDef::getName)
                .collect(ImmutableSet.toImmutableSet());
        var keys = ImmutableMap.<String, String>builder();
        variables.stream()
                .map(ModelVariable::handle)
                .filter(leftOut::contains)
                .forEach(handle ->
                        objects.keys().get(handle).stream().findFirst().ifPresent(key -> keys.put(handle, key)));
        return new LeftOutVariables(keys.buildOrThrow());
    }

    Optional<String> findNote() {
        return keys.keySet().stream()
                .findFirst()
                .map(handle ->
                        ("TensorFlow Serving and SavedModelBundle do not take this model: its own restore leaves out"
                                        + " '%s'%s. tf.saved_model.load in Python does.")
                                .formatted(
                                        handle,
                                        keys.size() == 1 ? "" : " and %d other variables".formatted(keys.size() - 1)));
    }

    /** Gives them their values in a bundle that is loaded from the directory. */
    static void restore(SavedModelBundle bundle, SavedModelFile file, ClassifierModel model, Path directory) {
        var checkpoint = Checkpoint.find(directory);
        if (checkpoint.isEmpty()) {
            return;
        }
        var restored = RestoreKeys.read(file, OpDefs.registered());
        var keys = find(file, model.variables(), restored, ObjectGraphKeys.read(file, checkpoint.get()))
                .keys();
        if (keys.isEmpty()) {
            return;
        }
        var tf = Ops.create(bundle.graph()).withSubScope("left_out");
        var handles = List.copyOf(keys.keySet());
        var names = handles.stream().map(keys::get).toList();
        var values = new TensorBundle(checkpoint.get().prefix())
                .buildRestore(
                        tf,
                        names,
                        names.stream()
                                .map(key -> checkpoint.get().entries().get(key).getDtype())
                                .toList());
        SessionRuns.run(
                bundle.session(),
                IntStream.range(0, handles.size())
                        .mapToObj(i -> tf.assignVariableOp(
                                bundle.graph().operation(handles.get(i)).output(0), values.get(i)))
                        .toList());
    }
}
