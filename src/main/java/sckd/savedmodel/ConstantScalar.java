package sckd.savedmodel;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import com.google.common.graph.Traverser;
import java.util.OptionalDouble;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** The value of a tensor that only constants decide, such as whether a model is training. TensorFlow computes it, from few and small ops. */
final class ConstantScalar {
    private static final Set<String> OPS = Splitter.on(CharMatcher.whitespace())
            .omitEmptyStrings()
            .splitToStream(
                    """
                    Add AddV2 All Any Cast Const Div Equal Greater GreaterEqual Identity Less LessEqual LogicalAnd LogicalNot
                    LogicalOr Maximum Minimum Mul Neg NotEqual OnesLike PlaceholderWithDefault RealDiv Reciprocal Reshape Select
                    SelectV2 Squeeze StopGradient Sub ZerosLike
                    """)
            .collect(ImmutableSet.toImmutableSet());
    private static final int MOST_NODES = 100;
    private static final int LARGEST_NODE = 10_000;

    private ConstantScalar() {}

    /**
     * A number, or a bool as 0 or 1.
     *
     * @return empty where the tensor depends on anything but constants, or is no scalar
     */
    static OptionalDouble find(FlatGraph graph, TensorName tensor) {
        var needed = ImmutableSet.copyOf(Traverser.<NodeDef>forGraph(node ->
                        FlatGraph.dataInputs(node).stream().map(graph::node).toList())
                .breadthFirst(graph.node(tensor)));
        if (needed.size() > MOST_NODES || !needed.stream().allMatch(ConstantScalar::isSmall)) {
            return OptionalDouble.empty();
        }
        var part = GraphDef.newBuilder().setVersions(graph.versions());
        needed.forEach(node -> part.addNode(withoutControls(node)));
        return compute(part.build(), tensor);
    }

    private static boolean isSmall(NodeDef node) {
        return OPS.contains(node.getOp()) && node.getSerializedSize() < LARGEST_NODE;
    }

    private static NodeDef withoutControls(NodeDef node) {
        return node.toBuilder()
                .clearInput()
                .addAllInput(FlatGraph.dataInputs(node).stream()
                        .map(TensorName::asInput)
                        .toList())
                .build();
    }

    private static OptionalDouble compute(GraphDef part, TensorName tensor) {
        try (var graph = new Graph()) {
            graph.importGraphDef(part);
            try (var session = new Session(graph);
                    var result = session.runner().fetch(tensor.toString()).run()) {
                return valueOf(result.get(0));
            }
        } catch (TensorFlowException | IllegalArgumentException e) {
            return OptionalDouble.empty(); // such a graph is refused later, for what is wrong with it
        }
    }

    private static OptionalDouble valueOf(Tensor tensor) {
        if (tensor.shape().numDimensions() > 0) {
            return OptionalDouble.empty();
        }
        if (tensor instanceof TBool value) {
            return OptionalDouble.of(value.getBoolean() ? 1 : 0);
        }
        if (tensor instanceof TInt32 value) {
            return OptionalDouble.of(value.getInt());
        }
        if (tensor instanceof TInt64 value) {
            return OptionalDouble.of(value.getLong());
        }
        return tensor instanceof TFloat32 value ? OptionalDouble.of(value.getFloat()) : OptionalDouble.empty();
    }
}
