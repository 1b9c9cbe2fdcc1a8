package sckd.savedmodel;

import static java.util.function.Function.identity;

import com.google.common.collect.ImmutableMap;
import com.google.common.graph.Traverser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A flat graph's nodes by name, and what is asked of them: their inputs, what a tensor is at its source, an order in which to build.
 *
 * @param nodes in the order of the graph
 */
record GraphNodes(Map<String, NodeDef> nodes) {
    static GraphNodes of(GraphDef graph) {
        return new GraphNodes(
                graph.getNodeList().stream().collect(ImmutableMap.toImmutableMap(NodeDef::getName, identity())));
    }

    NodeDef node(String name) {
        var node = nodes.get(name);
        if (node == null) {
            throw new IllegalStateException("the graph has no node '" + name + "'");
        }
        return node;
    }

    static List<TensorName> dataInputs(NodeDef node) {
        return node.getInputList().stream()
                .filter(input -> !input.startsWith("^"))
                .map(TensorName::parse)
                .toList();
    }

    static List<String> controlInputs(NodeDef node) {
        return node.getInputList().stream()
                .filter(input -> input.startsWith("^"))
                .map(input -> input.substring(1))
                .toList();
    }

    /**
     * The nodes that the given ones need and themselves, each after its inputs; nodes that are known already are left out, and what only
     * they need.
     */
    List<NodeDef> inOrder(Iterable<String> wanted, Predicate<String> known) {
        Traverser<String> traverser = Traverser.forGraph(
                name -> inputNodes(node(name)).filter(known.negate()).toList());
        var roots = StreamSupport.stream(wanted.spliterator(), false)
                .filter(known.negate())
                .toList();
        return StreamSupport.stream(traverser.depthFirstPostOrder(roots).spliterator(), false)
                .map(this::node)
                .toList();
    }

    private static Stream<String> inputNodes(NodeDef node) {
        return Stream.concat(dataInputs(node).stream().map(TensorName::node), controlInputs(node).stream());
    }

    /** The node whose output 0 this tensor is, through Identity. */
    NodeDef source(TensorName tensor) {
        var node = node(tensor.node());
        return node.getOp().equals("Identity") ? source(dataInputs(node).get(0)) : node;
    }

    /** The handle whose value this node reads, if it is such a read. */
    Optional<String> findHandleRead(NodeDef node) {
        return node.getOp().equals("ReadVariableOp")
                ? Optional.of(source(dataInputs(node).get(0)).getName())
                : Optional.empty();
    }
}
