package sckd.savedmodel;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ListMultimap;
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

    private final FlatGraph graph;
    private final ListMultimap<String, NodeDef> consumers = ArrayListMultimap.create();

    private BatchNorms(FlatGraph graph) {
        this.graph = graph;
        for (var node : graph.nodes().values()) {
            FlatGraph.dataInputs(node).forEach(input -> consumers.put(input.node(), node));
        }
    }

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
        return new BatchNorms(graph).find();
    }

    /** The handles of all μ and σ². */
    static Set<String> movingStatistics(FlatGraph graph) {
        return find(graph).stream()
                .flatMap(norm -> Stream.concat(norm.mean().stream(), norm.variance().stream()))
                .collect(ImmutableSet.toImmutableSet());
    }

    private List<BatchNorm> find() {
        var found = new ArrayList<BatchNorm>();
        for (var node : graph.nodes().values()) {
            if (FUSED.contains(node.getOp())) {
                found.add(new BatchNorm(
                        node.getName(), true, findHandle(node, FUSED_MEAN), findHandle(node, FUSED_VARIANCE)));
            } else if (node.getOp().equals("Rsqrt")) {
                findVariance(node)
                        .ifPresent(variance ->
                                found.add(new BatchNorm(node.getName(), false, findMean(node), Optional.of(variance))));
            }
        }
        return found;
    }

    private Optional<String> findVariance(NodeDef rsqrt) {
        var sum = graph.input(rsqrt, 0);
        boolean isVariancePlusEpsilon =
                ADDITIONS.contains(sum.getOp()) && source(sum, 1).getOp().equals("Const");
        return isVariancePlusEpsilon ? findHandle(sum, 0) : Optional.empty();
    }

    /** From the Rsqrt: (maybe times γ), times μ, taken from β; or, without β, negated. */
    private Optional<String> findMean(NodeDef rsqrt) {
        var scales = Stream.concat(Stream.of(rsqrt), consumers(rsqrt, "Mul"));
        return scales.flatMap(scale -> consumers(scale, "Mul")
                        .filter(product -> Stream.concat(consumers(product, "Sub"), consumers(product, "Neg"))
                                .findAny()
                                .isPresent())
                        .flatMap(product -> findHandle(product, graph.input(product, 0) == scale ? 1 : 0).stream()))
                .findFirst();
    }

    private Stream<NodeDef> consumers(NodeDef producer, String op) {
        return consumers.get(producer.getName()).stream()
                .filter(node -> node.getOp().equals(op));
    }

    /** The handle of the variable that a node takes there, as it is or reshaped. */
    private Optional<String> findHandle(NodeDef node, int input) {
        var source = source(node, input);
        return source.getOp().equals("ReadVariableOp")
                ? Optional.of(
                        graph.withoutIdentities(FlatGraph.dataInputs(source).get(0))
                                .node())
                : Optional.empty();
    }

    private NodeDef source(NodeDef node, int input) {
        var source = graph.input(node, input);
        while (VIEWS.contains(source.getOp())) {
            source = graph.input(source, 0);
        }
        return source;
    }
}
