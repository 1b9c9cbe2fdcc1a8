package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/**
 * The variables of Keras layers with {@code trainable = False}. They go on to say of themselves that they are trainable; the lists {@code variables}
 * and {@code trainable_variables} beside them say it: those of a whole model or an export, which come first on the way from the root, count.
 */
final class FrozenVariables {
    private static final String ALL = "variables";
    private static final String TRAINABLE = "trainable_variables";

    private FrozenVariables() {}

    /** Their numbers among the objects. */
    static Set<Integer> find(SavedObjectGraph objects) {
        var all = new HashSet<Integer>();
        var trainable = new HashSet<Integer>();
        var open = new ArrayDeque<Integer>();
        if (objects.getNodesCount() > 0) {
            open.add(0);
        }
        var seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            var object = objects.getNodes(open.remove());
            var listed = findListed(objects, object, ALL);
            var listedTrainable = findListed(objects, object, TRAINABLE);
            if (listed.isPresent() && listedTrainable.isPresent()) {
                all.addAll(listed.get());
                trainable.addAll(listedTrainable.get());
            } else {
                numbers(objects, object).stream().filter(seen::add).forEach(open::add);
            }
        }
        return Sets.difference(all, trainable);
    }

    private static Optional<Set<Integer>> findListed(SavedObjectGraph objects, SavedObject object, String name) {
        return object.getChildrenList().stream()
                .filter(child -> child.getLocalName().equals(name))
                .map(ObjectReference::getNodeId)
                .filter(number -> isThere(objects, number))
                .map(list -> numbers(objects, objects.getNodes(list)))
                .findFirst();
    }

    /** Of an object's children. */
    private static Set<Integer> numbers(SavedObjectGraph objects, SavedObject object) {
        return object.getChildrenList().stream()
                .map(ObjectReference::getNodeId)
                .filter(number -> isThere(objects, number))
                .collect(ImmutableSet.toImmutableSet());
    }

    private static boolean isThere(SavedObjectGraph objects, int number) {
        return number >= 0 && number < objects.getNodesCount();
    }
}
