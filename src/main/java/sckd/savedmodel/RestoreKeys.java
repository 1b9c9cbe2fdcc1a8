package sckd.savedmodel;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.SetMultimap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** What a model's own restore assigns: TensorFlow Serving and every other loader in graph mode restores by it. */
final class RestoreKeys {
    /** Of resource variables and of the ref variables of TF 1. */
    private static final Set<String> ASSIGNS = Set.of("AssignVariableOp", "Assign");

    private RestoreKeys() {}

    /** The checkpoint keys of each handle; empty for a model that has no restore. */
    static SetMultimap<String, String> read(SavedModelFile file, OpDefs ops) {
        var restore = file.metaGraph().getSaverDef().getRestoreOpName();
        var keys = ImmutableSetMultimap.<String, String>builder();
        if (restore.isEmpty()) {
            return keys.build();
        }
        var root = LoaderProgram.node(restore);
        var graph = Flattener.flatten(file.metaGraph().getGraphDef(), List.of(root), ops)
                .graph();
        for (var node : graph.nodes().values()) {
            var inputs = FlatGraph.dataInputs(node);
            if (ASSIGNS.contains(node.getOp()) && inputs.size() == 2) {
                var handle = graph.withoutIdentities(inputs.get(0));
                findKey(graph, inputs.get(1)).ifPresent(key -> keys.put(handle.node(), key));
            }
        }
        return keys.build();
    }

    /** The key of what a RestoreV2 read, handed on as it is. */
    private static Optional<String> findKey(FlatGraph graph, TensorName value) {
        var restored = graph.withoutIdentities(value);
        var node = graph.nodes().get(restored.node());
        var inputs = FlatGraph.dataInputs(node);
        if (!node.getOp().equals("RestoreV2") || inputs.size() < 2) {
            return Optional.empty();
        }
        var names = graph.withoutIdentities(inputs.get(1));
        return stringAt(graph.nodes().get(names.node()), restored.index());
    }

    private static Optional<String> stringAt(NodeDef constant, int index) {
        var strings = StringConstants.read(constant.getAttrOrDefault("value", AttrValue.getDefaultInstance())
                .getTensor());
        return index < strings.size() ? Optional.of(strings.get(index)) : Optional.empty();
    }
}
