package sckd.savedmodel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedUserObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.SerializedTensor;
import org.tensorflow.proto.VersionDef;

/**
 * The objects of a model whose weights become variables: they are a list, a child of the root, from which Python's loader makes and restores them,
 * and functions are bound to them.
 *
 * @param child the list's name among the root's children
 */
record WeightObjects(List<WeightVariable> variables, WeightArguments arguments, String child) {
    /** As Python's lists of tracked objects are known to its loader. */
    private static final SavedUserObject LIST = SavedUserObject.newBuilder()
            .setIdentifier("trackable_list_wrapper")
            .setVersion(VersionDef.newBuilder().setProducer(1).setMinConsumer(1))
            .build();

    /** A name that no child of the root has yet. */
    static String unusedChild(SavedObjectGraph objects, String wanted) {
        var taken = objects.getNodes(0).getChildrenList().stream()
                .map(ObjectReference::getLocalName)
                .collect(Collectors.toSet());
        var child = wanted;
        for (int i = 1; taken.contains(child); i++) {
            child = wanted + "_" + i;
        }
        return child;
    }

    /** The checkpoint's objects of a program that has no checkpoint yet: the same without values. */
    static TrackableObjectGraph stored(SavedObjectGraph objects) {
        var stored = TrackableObjectGraph.newBuilder();
        objects.getNodesList()
                .forEach(object ->
                        stored.addNodes(TrackableObject.newBuilder().addAllChildren(object.getChildrenList())));
        return stored.build();
    }

    /** The program's objects: a constant that has become a variable keeps its number. */
    SavedObjectGraph add(SavedObjectGraph objects) {
        var added = objects.toBuilder();
        var constants = constants(objects);
        var numbers = new HashMap<WeightVariable, Integer>();
        for (var variable : variables) {
            var origin = variable.weight().origin();
            var number = origin.function().isEmpty() ? constants.get(origin.node()) : null;
            var object = SavedObject.newBuilder().setVariable(variable.toSavedVariable());
            if (number == null) {
                number = added.getNodesCount();
                added.addNodes(object);
            } else {
                added.setNodes(
                        number, object.addAllChildren(objects.getNodes(number).getChildrenList()));
            }
            numbers.put(variable, number);
        }
        var list = SavedObject.newBuilder().setUserObject(LIST);
        for (int i = 0; i < variables.size(); i++) {
            list.addChildren(reference(String.valueOf(i), numbers.get(variables.get(i))));
        }
        added.getNodesBuilder(0).addChildren(reference(child, added.getNodesCount()));
        added.addNodes(list);
        arguments.added().asMap().forEach((name, taken) -> {
            var function = objects.getConcreteFunctionsMap().get(name);
            if (function != null) {
                var bound = function.toBuilder();
                taken.forEach(variable -> bound.addBoundInputs(numbers.get(variable)));
                added.putConcreteFunctions(name, bound.build());
            }
        });
        return added.build();
    }

    private static Map<String, Integer> constants(SavedObjectGraph objects) {
        var constants = new HashMap<String, Integer>();
        for (int i = 0; i < objects.getNodesCount(); i++) {
            if (objects.getNodes(i).getKindCase() == SavedObject.KindCase.CONSTANT) {
                constants.put(objects.getNodes(i).getConstant().getOperation(), i);
            }
        }
        return constants;
    }

    /** The checkpoint's objects, which name the variables' keys. */
    TrackableObjectGraph add(TrackableObjectGraph stored) {
        var added = stored.toBuilder();
        if (added.getNodesCount() == 0) {
            added.addNodes(TrackableObject.getDefaultInstance());
        }
        int number = added.getNodesCount();
        added.getNodesBuilder(0).addChildren(reference(child, number));
        var list = TrackableObject.newBuilder();
        for (int i = 0; i < variables.size(); i++) {
            list.addChildren(reference(String.valueOf(i), number + 1 + i));
        }
        added.addNodes(list);
        for (var variable : variables) {
            added.addNodes(TrackableObject.newBuilder()
                    .addAttributes(SerializedTensor.newBuilder()
                            .setName("VARIABLE_VALUE")
                            .setFullName(variable.name())
                            .setCheckpointKey(variable.key())));
        }
        return added.build();
    }

    private static ObjectReference reference(String name, int number) {
        return ObjectReference.newBuilder().setLocalName(name).setNodeId(number).build();
    }
}
