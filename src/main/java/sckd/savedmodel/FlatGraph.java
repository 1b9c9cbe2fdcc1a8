package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.common.graph.Traverser;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;
import sckd.UserException;

/**
 * A graph without function calls.
 *
 * @param nodes by name, each after all that it takes
 * @param origins of every node, by its name
 * @param versions of the GraphDef that it came from
 */
record FlatGraph(Map<String, NodeDef> nodes, Map<String, Origin> origins, VersionDef versions) {
    /**
     * Where a node came from.
     *
     * @param function the library function that held it; empty in the main graph
     * @param node its name there
     */
    record Origin(String function, String node) {}

    FlatGraph {
        nodes = Collections.unmodifiableMap(nodes); // keeps the order
    }

    /** The graph of a model as it was read; where its nodes came from is no longer known. */
    static FlatGraph of(GraphDef graph) {
        var nodes = new LinkedHashMap<String, NodeDef>();
        graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
        return new FlatGraph(nodes, Map.of(), graph.getVersions());
    }

    /** The tensors that a node takes, in order. */
    static List<TensorName> dataInputs(NodeDef node) {
        return node.getInputList().stream()
                .filter(input -> !input.startsWith("^"))
                .map(input -> parse(node, input))
                .toList();
    }

    private static TensorName parse(NodeDef node, String input) {
        try {
            return TensorName.parse(input);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "node '" + node.getName() + "' takes '" + input + "', which is no tensor's name", e);
        }
    }

    /** The nodes that run before a node without giving it a tensor. */
    static List<String> controlInputs(NodeDef node) {
        return node.getInputList().stream()
                .filter(input -> input.startsWith("^"))
                .map(input -> input.substring(1))
                .toList();
    }

    /** The nodes that a node takes anything from. */
    static Set<String> producers(NodeDef node) {
        var producers = new LinkedHashSet<>(controlInputs(node));
        dataInputs(node).forEach(input -> producers.add(input.node()));
        return producers;
    }

    /** Whether a rewrite put a node beside another of its name without the part after the last dot. */
    boolean isAuxiliary(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0
                && nodes.containsKey(name.substring(0, dot))
                && origins.containsKey(name)
                && origins.get(name).equals(origins.get(name.substring(0, dot)));
    }

    /** The node that makes the {@code index}-th tensor that a node takes. */
    NodeDef input(NodeDef node, int index) {
        return nodes.get(dataInputs(node).get(index).node());
    }

    /** The node that makes a tensor. */
    NodeDef node(TensorName tensor) {
        var node = nodes.get(tensor.node());
        checkState(node != null, "the graph has no node '%s'", tensor.node());
        return node;
    }

    /** The handle whose value a node reads, if it is such a read. */
    Optional<String> findHandleRead(NodeDef node) {
        return node.getOp().equals("ReadVariableOp")
                ? Optional.of(withoutIdentities(dataInputs(node).get(0)).node())
                : Optional.empty();
    }

    /** What a node needs and itself, in the order of the graph; without nodes that are known already, and what only they need. */
    List<NodeDef> neededFor(String root, Predicate<String> known) {
        if (known.test(root)) {
            return List.of();
        }
        var needed = ImmutableSet.copyOf(Traverser.<String>forGraph(name ->
                        Sets.filter(producers(node(new TensorName(name, 0))), producer -> !known.test(producer)))
                .breadthFirst(root));
        return nodes.values().stream()
                .filter(node -> needed.contains(node.getName()))
                .toList();
    }

    /** The given nodes and all that they need. */
    Set<String> ancestors(Collection<String> roots) {
        return ImmutableSet.copyOf(
                Traverser.<String>forGraph(name -> producers(nodes.get(name))).breadthFirst(roots));
    }

    /** The given nodes and all that takes a tensor of theirs, directly or not. */
    Set<String> descendants(Collection<String> roots) {
        var seen = new HashSet<>(roots);
        for (var node : nodes.values()) {
            if (dataInputs(node).stream().anyMatch(input -> seen.contains(input.node()))) {
                seen.add(node.getName());
            }
        }
        return seen;
    }

    /** The same graph with what the given nodes need and no more. */
    FlatGraph prunedTo(Collection<String> roots) {
        var needed = ancestors(roots);
        var kept = new LinkedHashMap<>(nodes);
        kept.keySet().retainAll(needed);
        return withNodes(kept);
    }

    /** The tensor that a chain of Identity nodes hands on; the tensor itself where there is none. */
    TensorName withoutIdentities(TensorName tensor) {
        var source = tensor;
        while (nodes.get(source.node()).getOp().equals("Identity")) {
            var inputs = dataInputs(nodes.get(source.node()));
            if (inputs.isEmpty()) {
                break;
            }
            source = inputs.get(0);
        }
        return source;
    }

    /**
     * Drops the control inputs that order nothing: those from nodes without an effect that follow only such. A function ends in some for
     * each variable that it reads.
     */
    FlatGraph withoutIdleControls(Predicate<NodeDef> mayHaveEffect) {
        var effects = new HashSet<String>();
        var kept = new LinkedHashMap<String, NodeDef>();
        for (var node : nodes.values()) {
            if (mayHaveEffect.test(node)
                    || !Sets.intersection(producers(node), effects).isEmpty()) {
                effects.add(node.getName());
            }
            var inputs = node.getInputList().stream()
                    .filter(input -> !input.startsWith("^") || effects.contains(input.substring(1)))
                    .toList();
            kept.put(
                    node.getName(),
                    inputs.size() == node.getInputCount()
                            ? node
                            : node.toBuilder().clearInput().addAllInput(inputs).build());
        }
        return withNodes(kept);
    }

    FlatGraph withNodes(Map<String, NodeDef> newNodes) {
        return new FlatGraph(newNodes, origins, versions);
    }

    GraphDef toGraphDef() {
        return GraphDef.newBuilder()
                .addAllNode(nodes.values())
                .setVersions(versions)
                .build();
    }
}
