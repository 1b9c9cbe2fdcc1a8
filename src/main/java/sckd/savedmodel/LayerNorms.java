package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.proto.NodeDef;

/**
 * Keeps TensorFlow from fusing layer norms that are written out: the kernel that its remapper puts in their place on a CPU
 * ({@code _MklLayerNorm}, TensorFlow 2.18) takes .001 for their epsilon, whatever they say. {@code variance − (−epsilon)} has the same bits as
 * the sum, and the remapper does not know it.
 */
final class LayerNorms {
    private static final Set<String> SUMS = Set.of("AddV2", "Add");
    /** TensorFlow turns the others into the first before it looks for patterns anew. */
    private static final Set<String> ROOTS = Set.of("Rsqrt", "Sqrt", "Pow");
    /** What TensorFlow drops before it looks for patterns. */
    private static final Set<String> SAME_VALUES = Set.of("Identity", "StopGradient");

    private LayerNorms() {}

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        var underRoots = graph.nodes().values().stream()
                .filter(node -> ROOTS.contains(node.getOp()))
                .map(root -> source(graph, root, 0).getName())
                .collect(ImmutableSet.toImmutableSet());
        return GraphEdit.rewrite(graph, context.replacements(), at -> {
            if (underRoots.contains(at.node().getName())
                    && SUMS.contains(at.node().getOp())) {
                IntStream.range(0, 2)
                        .filter(operand -> isMeanOfRows(graph, source(graph, at.original(), operand)))
                        .findFirst()
                        .ifPresent(variance -> subtract(at, variance));
            }
        });
    }

    private static void subtract(NodeWriter at, int variance) {
        var negative =
                at.op("Neg").type(at.type()).input(at.input(1 - variance)).as("negative_epsilon");
        at.copy().op("Sub").input(at.input(variance)).input(negative).last();
    }

    /** Means over several axes are those of an instance norm, which TensorFlow fuses rightly. */
    private static boolean isMeanOfRows(FlatGraph graph, NodeDef node) {
        return node.getOp().equals("Mean")
                && Constants.findInts(graph, FlatGraph.dataInputs(node).get(1))
                        .map(axes -> axes.length == 1)
                        .orElse(true);
    }

    private static NodeDef source(FlatGraph graph, NodeDef node, int input) {
        var source = graph.input(node, input);
        while (SAME_VALUES.contains(source.getOp())) {
            source = graph.input(source, 0);
        }
        return source;
    }
}
