package sckd.savedmodel;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Switches off what a model that was saved with its training still on does to images at random: dropout, flips, rotations, zooms and
 * translations become what they are in inference, the tensor that they take.
 */
final class RandomLayers {
    private static final double TOLERANCE = 1e-3;
    private static final Set<String> TRANSFORMS = Set.of("ImageProjectiveTransformV2", "ImageProjectiveTransformV3");
    private static final Set<String> SELECTS = Set.of("Select", "SelectV2");
    private static final Set<String> ADDS = Set.of("Add", "AddV2");
    private static final Set<String> DIVISIONS = Set.of("Div", "RealDiv");

    private final FlatGraph graph;
    private final Set<String> notes;
    private final RandomMask masks;
    /** The nodes whose values depend on draws, as far as rewritten. */
    private final Set<String> random = new HashSet<>();

    private RandomLayers(FlatGraph graph, Set<String> notes) {
        this.graph = graph;
        this.notes = notes;
        masks = new RandomMask(graph);
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
        var source = Stream.<BiFunction<NodeDef, List<TensorName>, Optional<TensorName>>>of(
                        this::findTransformed,
                        this::findFlipped,
                        this::findBlended,
                        this::findMasked,
                        this::findSelected)
                .flatMap(rule -> rule.apply(node, at.originalInputs()).stream())
                .findFirst();
        source.ifPresent(tensor -> at.identity(type(node), tensor));
        if (source.isEmpty() || isRandom(source.get())) {
            random.add(node.getName());
        }
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
        notes.add("Random rotations, zooms or translations of images are on in inference; here they are off.");
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

    /** A choice between images and the same mirrored. */
    private Optional<TensorName> findFlipped(NodeDef node, List<TensorName> inputs) {
        return SELECTS.contains(node.getOp()) && isRandom(inputs.get(0))
                ? findUnflipped(inputs.get(1), inputs.get(2))
                : Optional.empty();
    }

    /** {@code r · mirrored + (1 − r) · images}. */
    private Optional<TensorName> findBlended(NodeDef node, List<TensorName> inputs) {
        if (!ADDS.contains(node.getOp())) {
            return Optional.empty();
        }
        return products(inputs.get(0))
                .flatMap(first -> products(inputs.get(1))
                        .filter(second -> isRest(first.mask(), second.mask()) || isRest(second.mask(), first.mask()))
                        .flatMap(second -> findUnflipped(first.images(), second.images()).stream()))
                .findFirst();
    }

    private record Product(TensorName mask, TensorName images) {}

    /** A tensor as a product with a random mask, in the orders that it can be. */
    private Stream<Product> products(TensorName tensor) {
        var node = source(tensor);
        if (!node.getOp().equals("Mul")) {
            return Stream.of();
        }
        var factors = FlatGraph.dataInputs(node);
        return Stream.of(new Product(factors.get(0), factors.get(1)), new Product(factors.get(1), factors.get(0)))
                .filter(product -> isRandom(product.mask()));
    }

    /** Whether one is 1 less the other. */
    private boolean isRest(TensorName rest, TensorName mask) {
        var node = source(rest);
        if (!node.getOp().equals("Sub")) {
            return false;
        }
        var inputs = FlatGraph.dataInputs(node);
        return ConstantScalar.find(graph, inputs.get(0)).orElse(0) == 1
                && graph.withoutIdentities(inputs.get(1)).equals(graph.withoutIdentities(mask));
    }

    private Optional<TensorName> findUnflipped(TensorName first, TensorName second) {
        var images = isMirrored(first, second)
                ? Optional.of(second)
                : isMirrored(second, first) ? Optional.of(first) : Optional.<TensorName>empty();
        images.ifPresent(found -> notes.add("Random flips of images are on in inference; here they are off."));
        return images;
    }

    private boolean isMirrored(TensorName mirrored, TensorName images) {
        var node = source(mirrored);
        return node.getOp().equals("ReverseV2")
                && graph.withoutIdentities(FlatGraph.dataInputs(node).get(0)).equals(graph.withoutIdentities(images));
    }

    /** Dropout as a product: {@code x · scale · mask}, where the scale makes up for the mask's zeros. */
    private Optional<TensorName> findMasked(NodeDef node, List<TensorName> inputs) {
        return products(new TensorName(node.getName(), 0))
                .flatMap(product -> findUndropped(product.images(), product.mask()).stream())
                .findFirst();
    }

    /** Dropout as a choice between {@code x · scale} and 0. */
    private Optional<TensorName> findSelected(NodeDef node, List<TensorName> inputs) {
        return SELECTS.contains(node.getOp())
                        && ConstantScalar.find(graph, inputs.get(2)).orElse(1) == 0
                ? findUndropped(inputs.get(1), inputs.get(0))
                : Optional.empty();
    }

    private Optional<TensorName> findUndropped(TensorName scaled, TensorName mask) {
        var mean = masks.findMean(mask);
        if (mean.isEmpty()) {
            return Optional.empty();
        }
        var found = Math.abs(mean.getAsDouble() - 1) < TOLERANCE
                ? Optional.of(scaled)
                : findUnscaled(scaled, 1 / mean.getAsDouble());
        found.ifPresent(x -> notes.add("Dropout is on in inference; here it is off."));
        return found;
    }

    /** What was multiplied by about that factor. */
    private Optional<TensorName> findUnscaled(TensorName scaled, double factor) {
        var node = source(scaled);
        var inputs = FlatGraph.dataInputs(node);
        if (DIVISIONS.contains(node.getOp())) {
            double divisor = ConstantScalar.find(graph, inputs.get(1)).orElse(Double.NaN);
            return isAbout(1 / divisor, factor) ? Optional.of(inputs.get(0)) : Optional.empty();
        }
        if (!node.getOp().equals("Mul")) {
            return Optional.empty();
        }
        for (int i = 0; i < 2; i++) {
            if (isAbout(ConstantScalar.find(graph, inputs.get(i)).orElse(Double.NaN), factor)) {
                return Optional.of(inputs.get(1 - i));
            }
        }
        return Optional.empty();
    }

    private static boolean isAbout(double value, double expected) {
        return Math.abs(value / expected - 1) < TOLERANCE;
    }

    private NodeDef source(TensorName tensor) {
        return graph.node(graph.withoutIdentities(tensor));
    }
}
