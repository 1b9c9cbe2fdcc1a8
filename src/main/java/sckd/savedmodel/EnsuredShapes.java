package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/**
 * Puts an Identity in the place of EnsureShape, which has no gradient; where it says more of the shape than is known without it, a Reshape to the
 * sizes that it names and the tensor's own for the others: a tensor of other sizes is refused as before.
 */
final class EnsuredShapes {
    private static final AttrValue INT = Attributes.type(DataType.DT_INT32);

    private EnsuredShapes() {}

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        if (graph.nodes().values().stream().noneMatch(node -> node.getOp().equals("EnsureShape"))) {
            return graph;
        }
        var types = TensorTypes.infer(graph.toGraphDef());
        return GraphEdit.rewrite(graph, context.replacements(), at -> {
            if (at.node().getOp().equals("EnsureShape")) {
                rewrite(at, types.shape(at.originalInputs().get(0)));
            }
        });
    }

    private static void rewrite(NodeWriter at, Shape known) {
        var ensured = Shapes.of(Attributes.of(at.node(), "shape").getShape());
        if (ensured.isUnknown() || ensured.numDimensions() == 0 || isAsKnown(known, ensured)) {
            at.identity(at.input(0));
            return;
        }
        var pack = at.op("Pack").attribute("T", INT).attribute("N", Attributes.integer(ensured.numDimensions()));
        for (int axis = 0; axis < ensured.numDimensions(); axis++) {
            pack.input(
                    ensured.get(axis) < 0
                            ? ownSize(at, axis)
                            : at.constant("size_" + axis, Attributes.scalar((int) ensured.get(axis))));
        }
        at.op("Reshape")
                .type(at.type())
                .attribute("Tshape", INT)
                .input(at.input(0))
                .input(pack.as("sizes"))
                .last();
    }

    private static boolean isAsKnown(Shape known, Shape ensured) {
        if (known.isUnknown() || known.numDimensions() != ensured.numDimensions()) {
            return false;
        }
        for (int axis = 0; axis < known.numDimensions(); axis++) {
            if (ensured.get(axis) >= 0 && known.get(axis) != ensured.get(axis)) {
                return false;
            }
        }
        return true;
    }

    private static TensorName ownSize(NodeWriter at, int axis) {
        var shape = at.op("Shape")
                .type(at.type())
                .attribute("out_type", INT)
                .input(at.input(0))
                .as("shape_" + axis);
        return at.op("StridedSlice")
                .attribute("T", INT)
                .attribute("Index", INT)
                .attribute("shrink_axis_mask", Attributes.integer(1))
                .input(shape)
                .input(at.ints("from_" + axis, axis))
                .input(at.ints("to_" + axis, axis + 1))
                .input(at.ints("step_" + axis, 1))
                .as("size_" + axis);
    }
}
