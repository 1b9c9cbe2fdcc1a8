package sckd.savedmodel;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import sckd.UserException;

/** The first size of a model's input. What a signature fixes is often nothing that its graph needs, or only in constants that can be computed. */
final class BatchSize {
    /** More at once is no model for images. */
    private static final int MOST = 1 << 16;

    private BatchSize() {}

    /**
     * How many images a program takes at once.
     *
     * @param program as it can be used whatever else is found
     * @param rewritten where {@code program} takes one number of images only: the same with the constants that fix it computed from the images,
     *     which takes any number as far as shapes tell
     */
    record Judged(InferenceProgram program, Optional<InferenceProgram> rewritten) {
        /** The one that shapes speak for. */
        InferenceProgram likely() {
            return rewritten.orElse(program);
        }
    }

    /** The shape with a batch of any size. */
    static Shape open(Shape shape) {
        return hasBatch(shape) ? shape.tail().prepend(Shape.UNKNOWN_SIZE) : shape;
    }

    /** Whether the first size is stated. */
    static boolean isFixed(Shape shape) {
        return hasBatch(shape) && shape.get(0) >= 0;
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

    /** The types of all tensors for as many images as are stated; empty where none are, or the graph does not take them. */
    static Optional<TensorTypes> findStated(FlatGraph graph, ModelInput input) {
        if (!isFixed(input.shape()) || input.shape().get(0) > MOST) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    TensorTypes.infer(set(graph, input, input.shape().get(0)).toGraphDef()));
        } catch (UserException e) {
            return Optional.empty(); // told when the batch is judged
        }
    }

    /**
     * Opens the batch where the graph takes one image more than the signature states, or can be rewritten to; else keeps it at what is stated.
     * A graph may fix what the signature leaves open: then its logits tell.
     *
     * @param types of the program's tensors while the batch is open
     * @throws UserException if the graph does not make as many logits as it is given images
     */
    static Judged judge(InferenceProgram program, TensorName logits, TensorTypes types) {
        var input = program.input();
        var ofLogits = types.shape(logits);
        long batch = isFixed(input.shape())
                ? input.shape().get(0)
                : hasBatch(input.shape()) && isFixed(ofLogits) ? ofLogits.get(0) : Shape.UNKNOWN_SIZE;
        if (batch > MOST) {
            throw new UserException("the input '%s' is %s; expected a batch of at most %d images"
                    .formatted(input.node(), Shapes.describe(input.shape()), MOST));
        }
        var open = new ModelInput(input.node(), input.dtype(), open(input.shape()));
        if (batch <= 0 || findFault(program.graph(), input, logits, batch + 1).isEmpty()) {
            return new Judged(program.with(open), Optional.empty());
        }
        var fault = findFault(program.graph(), input, logits, batch);
        if (fault.isPresent()) {
            throw new UserException("the input '%s' is %s, and the graph does not take so many images: %s"
                    .formatted(
                            input.node(), Shapes.describe(input.shape().tail().prepend(batch)), fault.get()));
        }
        var kept =
                new ModelInput(input.node(), input.dtype(), input.shape().tail().prepend(batch));
        var note = "The model's batch is fixed at %d: fewer images are filled up with zeros, whose results are dropped."
                .formatted(batch);
        var fixed = program.with(set(program.graph(), input, batch), note(program, note))
                .with(kept);
        return new Judged(fixed, rewrite(program, logits, batch).map(rewritten -> rewritten.with(open)));
    }

    private static Optional<InferenceProgram> rewrite(InferenceProgram program, TensorName logits, long batch) {
        var input = program.input();
        var graph = BatchRewrite.build(program.graph(), input, batch);
        boolean takesAny = findFault(graph, input, logits, batch).isEmpty()
                && findFault(graph, input, logits, batch + 1).isEmpty()
                && findFault(graph, input, logits, Shape.UNKNOWN_SIZE).isEmpty();
        var note = "The model's batch was fixed at %d; its graph is rewritten to take any number of images."
                .formatted(batch);
        return takesAny ? Optional.of(program.with(graph, note(program, note))) : Optional.empty();
    }

    private static ImmutableList<String> note(InferenceProgram program, String note) {
        return ImmutableList.<String>builder().addAll(program.notes()).add(note).build();
    }

    /** Why that many images do not give as many logits. */
    private static Optional<String> findFault(FlatGraph graph, ModelInput input, TensorName logits, long batch) {
        Shape found;
        try {
            found = TensorTypes.infer(set(graph, input, batch).toGraphDef()).shape(logits);
        } catch (UserException e) {
            return Optional.of(e.getMessage());
        }
        boolean isAsMany = batch < 0
                ? found.numDimensions() == 2 && found.get(0) < 0
                : found.isCompatibleWith(Shape.of(batch, Shape.UNKNOWN_SIZE));
        return isAsMany ? Optional.empty() : Optional.of("its logits are " + Shapes.describe(found));
    }
}
