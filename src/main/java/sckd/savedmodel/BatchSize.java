package sckd.savedmodel;

import java.util.LinkedHashMap;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import sckd.UserException;

/** The first size of a model's input. What a signature fixes is often nothing that its graph needs. */
final class BatchSize {
    private BatchSize() {}

    /** The shape with a batch of any size. */
    static Shape open(Shape shape) {
        return hasBatch(shape) ? shape.tail().prepend(Shape.UNKNOWN_SIZE) : shape;
    }

    private static boolean hasBatch(Shape shape) {
        return !shape.isUnknown() && shape.numDimensions() > 0;
    }

    /** The graph with that many images in its input, unless it has no shape. */
    static FlatGraph set(FlatGraph graph, ModelInput input, long batch) {
        if (!hasBatch(input.shape())) {
            return graph;
        }
        var shape = AttrValue.newBuilder()
                .setShape(Shapes.toProto(input.shape().tail().prepend(batch)))
                .build();
        var nodes = new LinkedHashMap<>(graph.nodes());
        nodes.computeIfPresent(
                input.node(),
                (name, node) -> node.toBuilder().putAttr("shape", shape).build());
        return graph.withNodes(nodes);
    }

    /**
     * Where the signature fixes the batch, tries one image more.
     *
     * @throws UserException if the graph does not take them, or does not make as many logits
     */
    static void checkOpen(FlatGraph graph, ModelInput input, TensorName logits) {
        if (!hasBatch(input.shape()) || input.shape().get(0) < 0) {
            return;
        }
        long more = input.shape().get(0) + 1;
        Shape found;
        try {
            found = TensorTypes.infer(set(graph, input, more).toGraphDef()).shape(logits);
        } catch (UserException e) {
            throw new UserException(describe(input) + " (" + e.getMessage() + ")", e);
        }
        if (!found.isCompatibleWith(Shape.of(more, Shape.UNKNOWN_SIZE))) {
            throw new UserException(
                    "%s: of %d images it makes logits %s".formatted(describe(input), more, Shapes.describe(found)));
        }
    }

    private static String describe(ModelInput input) {
        return "the input '%s' is %s, and the graph takes no other batch size; save the model with an open one"
                .formatted(input.node(), Shapes.describe(input.shape()));
    }
}
