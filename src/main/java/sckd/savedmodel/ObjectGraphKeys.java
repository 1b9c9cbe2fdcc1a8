package sckd.savedmodel;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.SetMultimap;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import sckd.UserException;

/**
 * What the objects of TensorFlow 2 say of a model's variables: Python restores by them. A function's {@code bound_inputs} name, by position,
 * the object behind each tensor that its calls hand over after the arguments; the checkpoint holds the same objects with their keys.
 *
 * @param keys of each handle of the main graph
 * @param trainable of each handle that an object stands behind
 */
record ObjectGraphKeys(SetMultimap<String, String> keys, Map<String, Boolean> trainable) {
    static final String CHECKPOINT_OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH";

    /** Empty for a model without objects. */
    static ObjectGraphKeys read(SavedModelFile file, Checkpoint checkpoint) {
        var objects = file.metaGraph().getObjectGraphDef();
        var stored = readCheckpointObjects(checkpoint);
        var twins = pairByPath(objects, stored);
        var keys = ImmutableSetMultimap.<String, String>builder();
        var trainable = new HashMap<String, Boolean>();
        var frozen = FrozenVariables.find(objects);
        variableObjects(file.metaGraph().getGraphDef(), objects).entries().forEach(entry -> {
            var object = objects.getNodes(entry.getValue());
            boolean isTrainable = object.getVariable().getTrainable() && !frozen.contains(entry.getValue());
            trainable.merge(entry.getKey(), isTrainable, Boolean::logicalOr);
            if (twins.containsKey(entry.getValue())) {
                stored.getNodes(twins.get(entry.getValue())).getAttributesList().stream()
                        .filter(attribute -> attribute.getName().equals("VARIABLE_VALUE"))
                        .forEach(attribute -> keys.put(entry.getKey(), attribute.getCheckpointKey()));
            }
        });
        return new ObjectGraphKeys(keys.build(), trainable);
    }

    static TrackableObjectGraph readCheckpointObjects(Checkpoint checkpoint) {
        var bytes = checkpoint.findString(CHECKPOINT_OBJECTS);
        if (bytes.isEmpty()) {
            return TrackableObjectGraph.getDefaultInstance();
        }
        try {
            return TrackableObjectGraph.parseFrom(bytes.get());
        } catch (InvalidProtocolBufferException e) {
            throw new UserException(
                    checkpoint.prefix() + ": '" + CHECKPOINT_OBJECTS
                            + "' is damaged: it cannot be parsed as a protobuf",
                    e);
        }
    }

    /** The objects behind each handle that the main graph hands to a function. */
    static ImmutableSetMultimap<String, Integer> variableObjects(GraphDef graph, SavedObjectGraph objects) {
        var handles = graph.getNodeList().stream()
                .filter(node -> node.getOp().equals("VarHandleOp"))
                .map(NodeDef::getName)
                .collect(Collectors.toSet());
        var found = ImmutableSetMultimap.<String, Integer>builder();
        for (var node : graph.getNodeList()) {
            var function = calledFunction(node, objects);
            var inputs = FlatGraph.dataInputs(node);
            int captured = inputs.size() - function.getBoundInputsCount();
            for (int i = Math.max(captured, 0); i < inputs.size(); i++) {
                int object = function.getBoundInputs(i - captured);
                if (handles.contains(inputs.get(i).node())
                        && object >= 0
                        && object < objects.getNodesCount()
                        && objects.getNodes(object).getKindCase() == SavedObject.KindCase.VARIABLE) {
                    found.put(inputs.get(i).node(), object);
                }
            }
        }
        return found.build();
    }

    /** The function that a node calls, empty where it calls none that the objects know. */
    static SavedConcreteFunction calledFunction(NodeDef node, SavedObjectGraph objects) {
        var name = node.containsAttr("f") ? node.getAttrOrThrow("f").getFunc().getName() : node.getOp();
        return objects.getConcreteFunctionsOrDefault(name, SavedConcreteFunction.getDefaultInstance());
    }

    /** The checkpoint's number of each object of the model: the one that the same names lead to from the root. */
    private static Map<Integer, Integer> pairByPath(SavedObjectGraph objects, TrackableObjectGraph stored) {
        var pairs = new HashMap<Integer, Integer>();
        if (objects.getNodesCount() == 0 || stored.getNodesCount() == 0) {
            return pairs;
        }
        pairs.put(0, 0);
        var open = new ArrayDeque<Integer>(pairs.keySet());
        while (!open.isEmpty()) {
            int object = open.pop();
            var storedChildren = new HashMap<String, Integer>();
            stored.getNodes(pairs.get(object))
                    .getChildrenList()
                    .forEach(child -> storedChildren.put(child.getLocalName(), child.getNodeId()));
            for (var child : objects.getNodes(object).getChildrenList()) {
                var twin = storedChildren.get(child.getLocalName());
                boolean isThere = twin != null && twin >= 0 && twin < stored.getNodesCount();
                boolean isObject = child.getNodeId() >= 0 && child.getNodeId() < objects.getNodesCount();
                if (isThere && isObject && pairs.putIfAbsent(child.getNodeId(), twin) == null) {
                    open.add(child.getNodeId());
                }
            }
        }
        return pairs;
    }
}
