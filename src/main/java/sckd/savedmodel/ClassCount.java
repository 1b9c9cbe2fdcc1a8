package sckd.savedmodel;

import java.util.Arrays;
import java.util.OptionalLong;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** How many values a tensor has for each image, where only one axis beside the batch's has more than one. */
record ClassCount(FlatGraph graph, TensorTypes types) {
    /** From the tensor's shape, or else from the weights of the last layer before it; empty where neither tells. */
    OptionalLong find(TensorName tensor) {
        var ofShape = find(types.shape(tensor));
        return ofShape.isPresent() ? ofShape : findInWeights(tensor);
    }

    /** Empty where a size is unknown or two are more than 1. */
    static OptionalLong find(Shape shape) {
        if (shape.isUnknown() || shape.numDimensions() == 0) {
            return OptionalLong.empty();
        }
        var inner = shape.tail().asArray();
        return Arrays.stream(inner).allMatch(size -> size >= 1)
                        && Arrays.stream(inner).filter(size -> size > 1).count() <= 1
                ? OptionalLong.of(Arrays.stream(inner).reduce(1, (a, b) -> a * b))
                : OptionalLong.empty();
    }

    private OptionalLong findInWeights(TensorName tensor) {
        var source = tensor;
        while (true) {
            var node = graph.node(source);
            var count = findInWeights(node);
            if (count.isPresent() || !isPassed(node)) {
                return count;
            }
            source = FlatGraph.dataInputs(node).get(0);
        }
    }

    private OptionalLong findInWeights(NodeDef node) {
        return switch (node.getOp()) {
            case "BiasAdd" -> lastSize(node, 1);
            case "Add", "AddV2" -> rank(node, 1) == 1 ? lastSize(node, 1) : OptionalLong.empty();
            case "Conv2D" -> lastSize(node, 1);
            case "MatMul" -> size(node, 1, isTransposed(node) ? 0 : 1);
            default -> OptionalLong.empty();
        };
    }

    /** Whether the last axis is as long before the node as after it; a Reshape may fold others into it, unless there are none. */
    private boolean isPassed(NodeDef node) {
        return switch (node.getOp()) {
            case "Identity", "Cast", "Squeeze", "ExpandDims", "Softmax", "Sigmoid", "Mean", "StopGradient" -> true;
            case "Mul", "RealDiv", "Sub" -> rank(node, 1) == 0;
            case "Reshape" -> rank(node, 0) == 2;
            default -> false;
        };
    }

    private static boolean isTransposed(NodeDef matMul) {
        return matMul.getAttrOrDefault("transpose_b", AttrValue.getDefaultInstance())
                .getB();
    }

    private int rank(NodeDef node, int input) {
        return types.shape(FlatGraph.dataInputs(node).get(input)).numDimensions();
    }

    private OptionalLong lastSize(NodeDef node, int input) {
        return size(node, input, rank(node, input) - 1);
    }

    private OptionalLong size(NodeDef node, int input, int axis) {
        var shape = types.shape(FlatGraph.dataInputs(node).get(input));
        return axis >= 0 && axis < shape.numDimensions() && shape.get(axis) > 0
                ? OptionalLong.of(shape.get(axis))
                : OptionalLong.empty();
    }
}
