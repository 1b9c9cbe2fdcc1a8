package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** Finds the batch normalisations of an inference graph: the fused ops, and the form that Keras 3 writes out. */
final class BatchNorms {
    private static final Set<String> FUSED = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");
    /** What stands between a variable's read and its use where types or axes differ. */
    private static final Set<String> VIEWS = Set.of("Identity", "Reshape", "Squeeze", "Cast", "ExpandDims");

    private final FlatGraph graph;

    private BatchNorms(FlatGraph graph) {
        this.graph = graph;
    }

    /** All of them, each after those that it depends on. */
    static List<BatchNorm> find(FlatGraph graph) {
        var search = new BatchNorms(graph);
        return graph.nodes().values().stream()
                .flatMap(node -> search.findAt(node).stream())
                .toList();
    }

    /** The handles of all moving means and variances. */
    static Set<String> movingStatistics(FlatGraph graph) {
        return find(graph).stream()
                .flatMap(norm -> Stream.concat(norm.mean().stream(), norm.variance().stream()))
                .collect(ImmutableSet.toImmutableSet());
    }

    private Optional<BatchNorm> findAt(NodeDef node) {
        return FUSED.contains(node.getOp()) ? findFused(node) : findDecomposed(node);
    }

    private Optional<BatchNorm> findFused(NodeDef node) {
        if (attribute(node, "is_training").getB()) {
            return Optional.empty();
        }
        var inputs = FlatGraph.dataInputs(node);
        return Optional.of(new BatchNorm(
                node.getName(),
                inputs.get(0),
                Optional.of(inputs.get(1)),
                Optional.of(inputs.get(2)),
                findHandle(inputs.get(3)),
                findHandle(inputs.get(4)),
                attribute(node, "epsilon").getF(),
                attribute(node, "data_format").getS().toStringUtf8().equals("NHWC"),
                BatchNorm.Form.FUSED));
    }

    /** Only where mean and variance are variables: any affine function could be written like this. */
    private Optional<BatchNorm> findDecomposed(NodeDef node) {
        return new DecomposedBatchNorm(graph)
                .find(node)
                .map(found -> new BatchNorm(
                        node.getName(),
                        found.x(),
                        found.gamma(),
                        found.beta(),
                        findHandle(found.mean()),
                        findHandle(found.variance()),
                        found.epsilon(),
                        isLastAxis(found.mean()),
                        BatchNorm.Form.DECOMPOSED))
                .filter(norm -> norm.mean().isPresent() && norm.variance().isPresent());
    }

    /** The variable whose value this tensor is, as it is or in another shape. */
    private Optional<String> findHandle(TensorName tensor) {
        var node = graph.node(tensor);
        return VIEWS.contains(node.getOp())
                ? findHandle(FlatGraph.dataInputs(node).get(0))
                : graph.findHandleRead(node);
    }

    /** A vector meets the last axis of x; one for another axis was brought to a shape such as {@code [1, channels, 1, 1]} before. */
    private boolean isLastAxis(TensorName vector) {
        var node = graph.node(vector);
        return switch (node.getOp()) {
            case "Reshape" ->
                findLastSize(graph.input(node, 1)).filter(size -> size != 1).isPresent();
            case "ExpandDims", "Squeeze" -> false;
            case "Identity", "Cast" -> isLastAxis(FlatGraph.dataInputs(node).get(0));
            default -> true;
        };
    }

    private static Optional<Integer> findLastSize(NodeDef shape) {
        if (!shape.getOp().equals("Const")) {
            return Optional.empty();
        }
        var value = shape.getAttrOrThrow("value").getTensor();
        if (value.getIntValCount() > 0) {
            return Optional.of(value.getIntVal(value.getIntValCount() - 1));
        }
        var bytes = value.getTensorContent();
        return bytes.size() < Ints.BYTES
                ? Optional.empty()
                : Optional.of(bytes.substring(bytes.size() - Ints.BYTES)
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt());
    }

    /** A writer may leave out an attribute that has its default. */
    private static AttrValue attribute(NodeDef node, String name) {
        return node.containsAttr(name)
                ? node.getAttrOrThrow(name)
                : OpDefs.registered().find(node.getOp()).orElseThrow().getAttrList().stream()
                        .filter(attribute -> attribute.getName().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .getDefaultValue();
    }
}
