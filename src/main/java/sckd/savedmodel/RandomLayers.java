package sckd.savedmodel;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Switches off what a model that was saved with its training still on does to images at random: dropout, flips, rotations, zooms and
 * translations become what they are in inference, the tensor that they take.
 */
final class RandomLayers {
    private static final String DROPOUT = "Dropout is on in inference; here it is off.";
    private static final String FLIPS = "Random flips of images are on in inference; here they are off.";
    private static final String MOVES =
            "Random rotations, zooms or translations of images are on in inference; here they are off.";
    private static final Set<String> TRANSFORMS = Set.of("ImageProjectiveTransformV2", "ImageProjectiveTransformV3");

    private final FlatGraph graph;
    private final Collection<String> notes;
    /** The nodes whose values depend on draws, as far as rewritten. */
    private final Set<String> random = new HashSet<>();

    private final RandomFlips flips;
    private final Dropouts dropouts;

    private RandomLayers(FlatGraph graph, Collection<String> notes) {
        this.graph = graph;
        this.notes = notes;
        flips = new RandomFlips(graph, this::isRandom);
        dropouts = new Dropouts(graph);
    }

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        var nodes = graph.nodes().values();
        if (nodes.stream().noneMatch(RandomOps::draws) || !nodes.stream().allMatch(GraphEdit::isWhole)) {
            return graph;
        }
        var rewriting = new RandomLayers(graph, context.notes());
        return GraphEdit.rewrite(graph, context.replacements(), rewriting::rewrite);
    }

    private void rewrite(NodeWriter at) {
        var node = at.original();
        if (RandomOps.draws(node)) {
            random.add(node.getName());
            return;
        }
        if (RandomOps.isOfShapes(node) || at.originalInputs().stream().noneMatch(this::isRandom)) {
            return;
        }
        var source = findSource(node, at.originalInputs());
        source.ifPresent(tensor -> at.identity(type(node), tensor));
        if (source.isEmpty() || isRandom(source.get())) {
            random.add(node.getName());
        }
    }

    /** The tensor that the node hands on in inference, where it is one that does no more. */
    private Optional<TensorName> findSource(NodeDef node, List<TensorName> inputs) {
        return tell(findTransformed(node, inputs), MOVES)
                .or(() -> tell(flips.find(node), FLIPS))
                .or(() -> tell(dropouts.find(node), DROPOUT));
    }

    private Optional<TensorName> tell(Optional<TensorName> found, String note) {
        found.ifPresent(tensor -> notes.add(note));
        return found;
    }

    private static DataType type(NodeDef node) {
        return Attributes.of(node, TRANSFORMS.contains(node.getOp()) ? "dtype" : "T")
                .getType();
    }

    private boolean isRandom(TensorName tensor) {
        return random.contains(tensor.node());
    }

    /** Images moved by a random transformation, to the size that they have. */
    private Optional<TensorName> findTransformed(NodeDef node, List<TensorName> inputs) {
        boolean isTransformed = TRANSFORMS.contains(node.getOp()) && isRandom(inputs.get(1));
        if (!isTransformed || !isSizeOf(inputs.get(2), inputs.get(0))) {
            return Optional.empty();
        }
        return Optional.of(inputs.get(0));
    }

    /** A size that is cut out of the images' own shape. */
    private boolean isSizeOf(TensorName size, TensorName images) {
        var slice = source(size);
        if (!slice.getOp().equals("StridedSlice")) {
            return false;
        }
        var shape = source(FlatGraph.dataInputs(slice).get(0));
        return shape.getOp().equals("Shape")
                && graph.withoutIdentities(FlatGraph.dataInputs(shape).get(0)).equals(graph.withoutIdentities(images));
    }

    private NodeDef source(TensorName tensor) {
        return graph.node(graph.withoutIdentities(tensor));
    }
}
