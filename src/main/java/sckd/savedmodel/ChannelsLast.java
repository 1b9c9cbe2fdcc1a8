package sckd.savedmodel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Brings what computes on {@code [batch, channels, height, width]} to {@code [batch, height, width, channels]}, the layout for which TensorFlow
 * has CPU kernels and gradients of every op. Such a node gets the other layout, with a Transpose before it and one behind it, {@code
 * node.nchw}; from there on that one stands for its result. Where two Transposes meet they fall away, and nodes between two such ops that can
 * as well do their work in the other layout do.
 */
final class ChannelsLast {
    /** Where the axes of a channels-last tensor stand in a channels-first one. */
    static final int[] TO_LAST = {0, 2, 3, 1};

    static final int[] TO_FIRST = {0, 3, 1, 2};
    static final int RANK = 4;

    private final FlatGraph graph;
    private final TensorTypes types;
    /** What a channels-first tensor is the transposition of. */
    private final Map<TensorName, TensorName> lastOfFirst = new HashMap<>();

    private ChannelsLast(FlatGraph graph, TensorTypes types) {
        this.graph = graph;
        this.types = types;
    }

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        boolean isMixed = graph.nodes().values().stream()
                .anyMatch(node -> ChannelsFirstOps.isOne(node) || isTranspose(graph, node, TO_FIRST));
        if (!isMixed) {
            return graph;
        }
        if (graph.nodes().values().stream().anyMatch(ChannelsFirstOps::isOne)) {
            context.notes().add("It computes on channels-first images; here its layers are channels-last.");
        }
        var rewriting = new ChannelsLast(graph, TensorTypes.infer(graph.toGraphDef()));
        return GraphEdit.rewrite(graph, context.replacements(), rewriting::rewrite);
    }

    private void rewrite(NodeWriter at) {
        if (at.node().getOp().equals("Transpose")) {
            rewriteTranspose(at);
        } else {
            var layout = new Layout(at);
            ChannelsFirstOps.find(layout).or(() -> LayoutFreeOps.find(layout)).ifPresent(Runnable::run);
        }
    }

    private static boolean isTranspose(FlatGraph graph, NodeDef node, int[] order) {
        var inputs = FlatGraph.dataInputs(node);
        return node.getOp().equals("Transpose")
                && inputs.size() == 2
                && Constants.findInts(graph, inputs.get(1))
                        .filter(found -> Arrays.equals(found, order))
                        .isPresent();
    }

    /** A Transpose of the model's own may undo ours, or be what others are undone with. */
    private void rewriteTranspose(NodeWriter at) {
        if (isTranspose(graph, at.original(), TO_FIRST)) {
            lastOfFirst.put(new TensorName(at.node().getName(), 0), at.input(0));
        } else if (isTranspose(graph, at.original(), TO_LAST) && lastOfFirst.containsKey(at.input(0))) {
            at.identity(lastOfFirst.get(at.input(0)));
        }
    }

    /** One node while its layout changes. */
    final class Layout {
        private final NodeWriter at;

        private Layout(NodeWriter at) {
            this.at = at;
        }

        NodeWriter at() {
            return at;
        }

        NodeDef node() {
            return at.node();
        }

        Shape resultShape() {
            return types.shape(new TensorName(node().getName(), 0));
        }

        Shape inputShape(int input) {
            return types.shape(at.originalInputs().get(input));
        }

        Optional<int[]> findInts(int input) {
            return Constants.findInts(graph, at.originalInputs().get(input));
        }

        NodeDef inputNode(int input) {
            return graph.node(graph.withoutIdentities(at.originalInputs().get(input)));
        }

        /** Whether the tensor is there in the other layout already. */
        boolean isTransposed(int input) {
            return lastOfFirst.containsKey(at.input(input));
        }

        /** The input in the other layout. */
        TensorName last(int input) {
            return lastOfFirst.computeIfAbsent(
                    at.input(input), first -> at.transpose("nhwc_" + input, dtype(input), first, TO_LAST));
        }

        private DataType dtype(int input) {
            return types.of(at.originalInputs().get(input)).dtype();
        }

        /** Ends with a node of the other layout and its Transpose. */
        void end(NodeWriter.Draft draft) {
            draft.last();
            var name = new TensorName(node().getName(), 0);
            var first = at.transpose("nchw", types.of(name).dtype(), name, TO_FIRST);
            lastOfFirst.put(first, name);
            at.redirect(0, first);
        }
    }
}
