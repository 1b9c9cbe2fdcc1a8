package sckd.savedmodel;

import com.google.common.collect.SetMultimap;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VariableDef;
import sckd.UserException;

/**
 * The variables of a collection, TF 1's way to say what is trained. An entry may name the variable, a copy or an initializer of it, and the signature
 * may read the variable by another handle: one with the same {@code shared_name}, or one that is restored from the same key.
 */
final class VariableCollection {
    static final String TRAINABLE = "trainable_variables";
    static final String ALL = "variables";

    private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");
    /** What hands on, or sets, the variable that is its first input. */
    private static final Set<String> OF_FIRST_INPUT =
            Set.of("Identity", "RefIdentity", "ReadVariableOp", "Assign", "AssignVariableOp");

    private final SetMultimap<String, RestoreKeys.Restored> restored;
    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Set<SharedName> sharedNames = new HashSet<>();
    private final Set<RestoreKeys.Restored> keys = new HashSet<>();

    private VariableCollection(
            SavedModelFile file, String collection, SetMultimap<String, RestoreKeys.Restored> restored) {
        this.restored = restored;
        file.metaGraph().getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
        for (var definition : definitions(file, collection)) {
            for (var tensor : List.of(
                    definition.getVariableName(), definition.getSnapshotName(), definition.getInitializerName())) {
                if (!tensor.isEmpty()) {
                    add(TensorName.parse(tensor).node());
                }
            }
        }
    }

    /** Empty where the model has no such collection. */
    static Optional<VariableCollection> find(
            SavedModelFile file, String name, SetMultimap<String, RestoreKeys.Restored> restored) {
        return file.metaGraph().containsCollectionDef(name)
                ? Optional.of(new VariableCollection(file, name, restored))
                : Optional.empty();
    }

    private static List<VariableDef> definitions(SavedModelFile file, String name) {
        var collection = file.metaGraph().getCollectionDefOrThrow(name);
        return collection.getBytesList().getValueList().stream()
                .map(bytes -> {
                    try {
                        return VariableDef.parseFrom(bytes);
                    } catch (InvalidProtocolBufferException e) {
                        throw new UserException(
                                file.path() + ": the collection '" + name + "' is damaged: it cannot be parsed", e);
                    }
                })
                .toList();
    }

    private void add(String name) {
        names.add(name);
        var node = nodes.get(name);
        for (int i = 0; node != null && i < nodes.size(); i++) { // a damaged graph may go round
            if (VARIABLES.contains(node.getOp())) {
                names.add(node.getName());
                SharedName.of(node).ifPresent(sharedNames::add);
                keys.addAll(restored.get(node.getName()));
                return;
            }
            var inputs = FlatGraph.dataInputs(node);
            node = OF_FIRST_INPUT.contains(node.getOp()) && !inputs.isEmpty()
                    ? nodes.get(inputs.get(0).node())
                    : null;
        }
    }

    /** @param handle a VarHandleOp of the flat graph */
    boolean holds(NodeDef handle) {
        return names.contains(handle.getName())
                || SharedName.of(handle).filter(sharedNames::contains).isPresent()
                || restored.get(handle.getName()).stream().anyMatch(keys::contains);
    }
}
