package sckd.savedmodel;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;
import sckd.UserException;

/**
 * A flat graph in the making. Nodes may name the tensors of calls, which are replaced at the end by the tensors that took their place. Devices and
 * attributes that begin with {@code _} (colocation, shapes noted by the writer) are dropped.
 */
final class FlatNodes {
    /** A library whose functions call each other twice in a row grows as 2ⁿ: refuse before the memory is gone. */
    private static final int MOST_NODES = 100_000;

    /** Likewise for functions of many nodes that are called often for a few of them. */
    private static final long MOST_VISITS = 5_000_000;
    /** Names say where a node stood, each scope a part; what looks at the parts takes its time for long ones. */
    private static final int LONGEST_NAME = 4_000;

    private final Set<String> usedNames;
    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
    private final Map<String, FlatGraph.Origin> origins = new HashMap<>();
    private final TensorReplacements replacements = new TensorReplacements();
    private long visits;

    /**
     * @param names that are taken already
     */
    FlatNodes(Collection<String> names) {
        usedNames = new HashSet<>(names);
    }

    void checkSize() {
        if (nodes.size() >= MOST_NODES) {
            throw new UserException("the graph has more than " + MOST_NODES + " nodes when its functions are unfolded");
        }
    }

    /** Counts the nodes of a function's body that is looked through. */
    void countVisits(int nodes) {
        visits += nodes;
        if (visits > MOST_VISITS) {
            throw new UserException("the graph's functions call each other so often that " + MOST_VISITS
                    + " nodes would have to be looked at");
        }
    }

    private static void checkLength(String name) {
        if (name.length() > LONGEST_NAME) {
            throw new UserException("node '%s' has a name of %d characters; expected at most %d"
                    .formatted(UserException.shorten(name), name.length(), LONGEST_NAME));
        }
    }

    String unusedName(String wanted) {
        var name = wanted;
        for (int i = 1; !usedNames.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** Adds a node with the op and the attributes of {@code template}. */
    void add(
            NodeDef template,
            String name,
            FlatGraph.Origin origin,
            List<TensorName> inputs,
            Collection<String> controls) {
        checkLength(name);
        var node = NodeDef.newBuilder().setName(name).setOp(template.getOp());
        inputs.forEach(input -> node.addInput(input.asInput()));
        controls.stream().distinct().forEach(control -> node.addInput("^" + control));
        template.getAttrMap().forEach((attribute, value) -> {
            if (!attribute.startsWith("_")) {
                node.putAttr(attribute, value);
            }
        });
        nodes.put(name, node.build());
        origins.put(name, origin);
    }

    /** Adds a node that does nothing but wait for others. */
    void addNoOp(String name, FlatGraph.Origin origin, Collection<String> controls) {
        add(NodeDef.newBuilder().setOp("NoOp").build(), name, origin, List.of(), controls);
    }

    TensorReplacements replacements() {
        return replacements;
    }

    /** @throws UserException if there is a cycle */
    FlatGraph build(VersionDef versions) {
        var resolved = new LinkedHashMap<String, NodeDef>();
        nodes.forEach((name, node) -> resolved.put(name, withResolvedInputs(node)));
        return new FlatGraph(TopologicalOrder.sort(resolved), origins, versions);
    }

    private NodeDef withResolvedInputs(NodeDef node) {
        var resolved = node.toBuilder().clearInput();
        for (var input : node.getInputList()) {
            resolved.addInput(
                    input.startsWith("^")
                            ? input
                            : replacements.resolve(TensorName.parse(input)).asInput());
        }
        return resolved.build();
    }
}
