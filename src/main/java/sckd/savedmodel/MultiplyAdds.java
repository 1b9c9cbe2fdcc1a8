package sckd.savedmodel;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Counts what an image costs: the multiplications of convolutions ({@code output elements · kernel height · kernel width · channels in, of
 * one group}) and of matrix products ({@code rows · inner · columns}). Everything else is small beside them.
 */
final class MultiplyAdds {
    private static final Set<String> CONVOLUTIONS = Set.of("Conv2D", "DepthwiseConv2dNative");

    private MultiplyAdds() {}

    /**
     * @param input with its batch, if that is fixed; the count is divided by it
     * @return empty where the graph leaves a size open
     */
    static OptionalLong count(FlatGraph graph, ModelInput input, TensorName logits) {
        var needed = graph.prunedTo(List.of(logits.node()));
        boolean isOpen = input.shape().isUnknown()
                || input.shape().numDimensions() == 0
                || input.shape().get(0) < 0;
        long batch = isOpen ? 1 : input.shape().get(0);
        var types = TensorTypes.infer(BatchSize.set(needed, input, batch).toGraphDef());
        long total = 0;
        for (var node : needed.nodes().values()) {
            long count = count(node, types);
            if (count < 0) {
                return OptionalLong.empty();
            }
            total += count;
        }
        return OptionalLong.of(total / Math.max(batch, 1));
    }

    /** Less than 0 where a size is unknown. */
    private static long count(NodeDef node, TensorTypes types) {
        var inputs = FlatGraph.dataInputs(node);
        var result = new TensorName(node.getName(), 0);
        if (CONVOLUTIONS.contains(node.getOp())) {
            var kernel =
                    types.shape(inputs.get(1)); // [height, width, channels in, out], or [.., channels in, multiplier]
            boolean isDepthwise = node.getOp().equals("DepthwiseConv2dNative");
            return product(
                    elements(types.shape(result)),
                    elements(kernel.isUnknown() ? kernel : kernel.take(isDepthwise ? 2 : 3)));
        }
        if (node.getOp().equals("MatMul")) {
            var first = types.shape(inputs.get(0));
            boolean isTransposed = node.getAttrOrDefault("transpose_a", AttrValue.getDefaultInstance())
                    .getB();
            return product(elements(types.shape(result)), first.isUnknown() ? -1 : first.get(isTransposed ? 0 : 1));
        }
        return 0;
    }

    private static long elements(Shape shape) {
        return shape.hasUnknownDimension() ? -1 : shape.size();
    }

    private static long product(long first, long second) {
        return first < 0 || second < 0 ? -1 : first * second;
    }
}
