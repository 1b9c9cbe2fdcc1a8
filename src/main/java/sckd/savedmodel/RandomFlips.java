package sckd.savedmodel;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;

/**
 * Random choices between images and the same images mirrored.
 *
 * @param isRandom whether a tensor depends on draws
 */
record RandomFlips(FlatGraph graph, Predicate<TensorName> isRandom) {
    private static final Set<String> SELECTS = Set.of("Select", "SelectV2");
    private static final Set<String> ADDS = Set.of("Add", "AddV2");

    /** The images as they are, where the node chooses between them and the mirrored ones. */
    Optional<TensorName> find(NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        if (SELECTS.contains(node.getOp())) {
            return isRandom.test(inputs.get(0)) ? findUnflipped(inputs.get(1), inputs.get(2)) : Optional.empty();
        }
        return ADDS.contains(node.getOp()) ? findBlended(inputs.get(0), inputs.get(1)) : Optional.empty();
    }

    /** {@code r · mirrored + (1 − r) · images}. */
    private Optional<TensorName> findBlended(TensorName left, TensorName right) {
        return products(left)
                .flatMap(first -> products(right)
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
                .filter(product -> isRandom.test(product.mask()));
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
        return isMirrored(first, second)
                ? Optional.of(second)
                : Optional.of(first).filter(images -> isMirrored(second, images));
    }

    private boolean isMirrored(TensorName mirrored, TensorName images) {
        var node = source(mirrored);
        return node.getOp().equals("ReverseV2")
                && graph.withoutIdentities(FlatGraph.dataInputs(node).get(0)).equals(graph.withoutIdentities(images));
    }

    private NodeDef source(TensorName tensor) {
        return graph.node(graph.withoutIdentities(tensor));
    }
}
