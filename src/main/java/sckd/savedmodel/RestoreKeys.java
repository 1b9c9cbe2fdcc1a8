package sckd.savedmodel;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.SetMultimap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** What a model's own restore assigns: TensorFlow Serving and every other loader in graph mode restores by it. */
final class RestoreKeys {
    /** Of resource variables and of the ref variables of TF 1. */
    private static final Set<String> ASSIGNS = Set.of("AssignVariableOp", "Assign");
    /** RestoreV2 and the two of the first checkpoints, which read one tensor each: file, name and, but for Restore, slice. */
    private static final Set<String> RESTORES = Set.of("RestoreV2", "RestoreSlice", "Restore");

    private RestoreKeys() {}

    /**
     * What is restored into a variable.
     *
     * @param slice the part of the tensor; empty for the whole
     */
    record Restored(String key, Optional<TensorSlice> slice) {}

    /** The checkpoint keys of each handle; empty for a model that has no restore. */
    static SetMultimap<String, Restored> read(SavedModelFile file, OpDefs ops) {
        var restore = file.metaGraph().getSaverDef().getRestoreOpName();
        var keys = ImmutableSetMultimap.<String, Restored>builder();
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
                findRestored(graph, inputs.get(1)).ifPresent(key -> keys.put(handle.node(), key));
            }
        }
        return keys.build();
    }

    /** What a restore op read, handed on as it is. */
    private static Optional<Restored> findRestored(FlatGraph graph, TensorName value) {
        var restored = graph.withoutIdentities(value);
        var node = graph.nodes().get(restored.node());
        if (!RESTORES.contains(node.getOp()) || FlatGraph.dataInputs(node).size() < 2) {
            return Optional.empty();
        }
        return findString(graph, node, 1, restored.index())
                .map(key -> new Restored(
                        key,
                        findString(graph, node, 2, restored.index())
                                .filter(slice -> !slice.isBlank())
                                .map(slice -> parse(node, slice))));
    }

    private static TensorSlice parse(NodeDef node, String slice) {
        try {
            return TensorSlice.parse(slice);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "node '%s' (%s) restores the slice '%s'; expected one such as '16 3 0,6:-' (%s)"
                            .formatted(node.getName(), node.getOp(), UserException.shorten(slice), e.getMessage()),
                    e);
        }
    }

    /** A string of the constant that a node takes; empty where there is none. */
    private static Optional<String> findString(FlatGraph graph, NodeDef node, int input, int index) {
        var inputs = FlatGraph.dataInputs(node);
        if (input >= inputs.size()) {
            return Optional.empty();
        }
        var constant =
                graph.nodes().get(graph.withoutIdentities(inputs.get(input)).node());
        var strings = StringConstants.read(constant.getAttrOrDefault("value", AttrValue.getDefaultInstance())
                .getTensor());
        return index < strings.size() ? Optional.of(strings.get(index)) : Optional.empty();
    }
}
