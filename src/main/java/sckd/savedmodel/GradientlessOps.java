package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import com.google.common.graph.Traverser;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import sckd.graph.RegisteredGradients;

/**
 * The ops for which TensorFlow's C++ library has no gradient. A model that needs one of them between a trainable variable and its logits can
 * teach and cannot be trained.
 */
final class GradientlessOps {
    /** These end a gradient, which is no fault: nothing that only they lead to is trained. */
    private static final Set<String> ENDS = Set.of("StopGradient", "ZerosLike", "Floor");

    private GradientlessOps() {}

    /** The nodes without gradient on a way of float tensors from the given variables to the logits, in the order of the graph. */
    static List<AllowedOps.Use> findBetween(
            FlatGraph graph, TensorTypes types, Collection<String> handles, TensorName logits) {
        var needed = ancestors(graph, types, logits);
        var reached = new HashSet<String>();
        graph.nodes().values().stream()
                .filter(node ->
                        graph.findHandleRead(node).filter(handles::contains).isPresent())
                .forEach(read -> reached.add(read.getName()));
        return graph.nodes().values().stream()
                .filter(node -> needed.contains(node.getName()))
                .filter(node -> FlatGraph.dataInputs(node).stream().anyMatch(input -> reached.contains(input.node())))
                .peek(node -> reached.add(node.getName()))
                .filter(node -> !RegisteredGradients.has(node.getOp()))
                .map(node -> AllowedOps.Use.of(graph, node.getName()))
                .toList();
    }

    /** The nodes that a gradient of the logits comes to: those that hand floats on to them. */
    private static Set<String> ancestors(FlatGraph graph, TensorTypes types, TensorName logits) {
        return ImmutableSet.copyOf(Traverser.<String>forGraph(name -> producersOfFloats(graph, types, name))
                .breadthFirst(logits.node()));
    }

    private static Set<String> producersOfFloats(FlatGraph graph, TensorTypes types, String name) {
        var node = graph.nodes().get(name);
        return ENDS.contains(node.getOp())
                ? Set.of()
                : FlatGraph.dataInputs(node).stream()
                        .filter(types::isFloat)
                        .map(TensorName::node)
                        .collect(ImmutableSet.toImmutableSet());
    }
}
