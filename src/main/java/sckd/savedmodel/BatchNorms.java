package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;

/**
 * Finds the batch normalisations of an inference graph: the fused ops, and the form that Keras 3 writes out,
 * {@code x·m + (β − μ·m)} with {@code m = rsqrt(σ² + ε)·γ}.
 */
final class BatchNorms {
    private static final Set<String> FUSED = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");
    private static final Set<String> ADDITIONS = Set.of("Add", "AddV2");
    private static final Set<String> VIEWS = Set.of("Identity", "Reshape", "Squeeze", "Cast", "ExpandDims");
    private static final int FUSED_MEAN = 3;
    private static final int FUSED_VARIANCE = 4;

    private BatchNorms() {}

    /**
     * One of them.
     *
     * @param node the fused op, or the Rsqrt of the decomposed form
     * @param mean the handle of μ; empty where it is no variable
     * @param variance the handle of σ²
     */
    record BatchNorm(String node, boolean fused, Optional<String> mean, Optional<String> variance) {}

    /** In the order of the graph. */
    static List<BatchNorm> find(FlatGraph graph) {
        var found = new ArrayList<BatchNorm>();
        for (var node : graph.nodes().values()) {
            if (FUSED.contains(node.getOp())) {
                found.add(new BatchNorm(
                        node.getName(), true, handle(graph, node, FUSED_MEAN), handle(graph, node, FUSED_VARIANCE)));
            } else if (node.getOp().equals("Rsqrt")) {
                varianceOf(graph, node)
                        .ifPresent(variance -> found.add(
                                new BatchNorm(node.getName(), false, meanOf(graph, node), Optional.of(variance))));
            }
        }
        return found;
    }

    /** The handles of all μ and σ². */
    static Set<String> movingStatistics(FlatGraph graph) {
        return find(graph).stream()
                .flatMap(norm -> Stream.concat(norm.mean().stream(), norm.variance().stream()))
                .collect(ImmutableSet.toImmutableSet());
    }

    private static Optional<String> varianceOf(FlatGraph graph, NodeDef rsqrt) {
        var sum = graph.input(rsqrt, 0);
        if (!ADDITIONS.contains(sum.getOp())) {
            return Optional.empty();
        }
        boolean addsConstant = view(graph, sum, 1).getOp().equals("Const");
        return addsConstant ? handle(graph, sum, 0) : Optional.empty();
    }

    /** From the Rsqrt: (maybe times γ), times μ, taken from β; or, without β, negated. */
    private static Optional<String> meanOf(FlatGraph graph, NodeDef rsqrt) {
        var scales = ImmutableSet.<String>builder().add(rsqrt.getName());
        consumers(graph, rsqrt.getName(), "Mul").forEach(node -> scales.add(node.getName()));
        for (var scale : scales.build()) {
            for (var product : consumers(graph, scale, "Mul")) {
                boolean isTakenAway = Stream.of("Sub", "Neg")
                        .anyMatch(op -> !consumers(graph, product.getName(), op).isEmpty());
                if (isTakenAway) {
                    return handle(
                            graph, product, graph.input(product, 0).getName().equals(scale) ? 1 : 0);
                }
            }
        }
        return Optional.empty();
    }

    private static List<NodeDef> consumers(FlatGraph graph, String producer, String op) {
        return graph.nodes().values().stream()
                .filter(node -> node.getOp().equals(op))
                .filter(node -> FlatGraph.dataInputs(node).stream()
                        .anyMatch(input -> input.node().equals(producer)))
                .toList();
    }

    /** The handle of the variable that a node takes there, as it is or reshaped. */
    private static Optional<String> handle(FlatGraph graph, NodeDef node, int input) {
        var source = view(graph, node, input);
        return source.getOp().equals("ReadVariableOp")
                ? Optional.of(graph.withoutIdentities(TensorName.parse(source.getInput(0)))
                        .node())
                : Optional.empty();
    }

    private static NodeDef view(FlatGraph graph, NodeDef node, int input) {
        var source = graph.input(node, input);
        while (VIEWS.contains(source.getOp())) {
            source = graph.input(source, 0);
        }
        return source;
    }
}
