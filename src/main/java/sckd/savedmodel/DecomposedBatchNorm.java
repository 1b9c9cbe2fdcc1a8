package sckd.savedmodel;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;

/**
 * Recognises inference batch norm written in plain arithmetic, {@code x·m + (beta − mean·m)} with {@code m = gamma·rsqrt(variance + epsilon)},
 * terms and factors in either order, with or without gamma and beta.
 */
record DecomposedBatchNorm(FlatGraph graph) {
    private static final Set<String> ADD = Set.of("AddV2", "Add");
    private static final Set<String> MUL = Set.of("Mul");

    /** What was found; whether mean and variance are moving averages is for the caller to say. */
    record Match(
            TensorName x,
            Optional<TensorName> gamma,
            Optional<TensorName> beta,
            TensorName mean,
            TensorName variance,
            float epsilon) {}

    private record Pair(TensorName first, TensorName second) {}

    private record Scale(TensorName variance, float epsilon, Optional<TensorName> gamma) {}

    private record Offset(TensorName mean, Optional<TensorName> beta) {}

    /** The pattern whose outermost sum is this node. */
    Optional<Match> find(NodeDef node) {
        return operands(node, ADD)
                .flatMap(terms -> operands(graph.node(terms.first()), MUL)
                        .flatMap(product -> match(product.first(), product.second(), terms.second()).stream()))
                .findFirst();
    }

    private Optional<Match> match(TensorName x, TensorName m, TensorName rest) {
        return findScale(m).flatMap(scale -> findOffset(rest, m)
                .map(offset ->
                        new Match(x, scale.gamma(), offset.beta(), offset.mean(), scale.variance(), scale.epsilon())));
    }

    /** {@code rsqrt(variance + epsilon)}, times gamma where there is one. */
    private Optional<Scale> findScale(TensorName m) {
        var node = source(m);
        return findRsqrt(node, Optional.empty()).or(() -> operands(node, MUL)
                .flatMap(factors -> findRsqrt(source(factors.first()), Optional.of(factors.second())).stream())
                .findFirst());
    }

    private Optional<Scale> findRsqrt(NodeDef node, Optional<TensorName> gamma) {
        if (!node.getOp().equals("Rsqrt")) {
            return Optional.empty();
        }
        return operands(source(FlatGraph.dataInputs(node).get(0)), ADD)
                .flatMap(terms ->
                        findFloat(terms.second()).map(epsilon -> new Scale(terms.first(), epsilon, gamma)).stream())
                .findFirst();
    }

    /** {@code beta − mean·m}; without beta {@code −(mean·m)} or {@code (−mean)·m}. */
    private Optional<Offset> findOffset(TensorName rest, TensorName m) {
        var node = source(rest);
        var inputs = FlatGraph.dataInputs(node);
        return switch (node.getOp()) {
            case "Sub" -> findCofactor(inputs.get(1), m).map(mean -> new Offset(mean, Optional.of(inputs.get(0))));
            case "Neg" -> findCofactor(inputs.get(0), m).map(mean -> new Offset(mean, Optional.empty()));
            case "Mul" ->
                findCofactor(rest, m)
                        .map(this::source)
                        .filter(factor -> factor.getOp().equals("Neg"))
                        .map(factor -> new Offset(FlatGraph.dataInputs(factor).get(0), Optional.empty()));
            default -> Optional.empty();
        };
    }

    /** The other factor, where a tensor is a product with m. */
    private Optional<TensorName> findCofactor(TensorName product, TensorName m) {
        return operands(source(product), MUL)
                .filter(factors -> factors.second().equals(m))
                .map(Pair::first)
                .findFirst();
    }

    private NodeDef source(TensorName tensor) {
        return graph.node(graph.withoutIdentities(tensor));
    }

    /** A binary op's operands in both orders; none if the node is of another kind. */
    private static Stream<Pair> operands(NodeDef node, Set<String> kinds) {
        if (!kinds.contains(node.getOp())) {
            return Stream.of();
        }
        var inputs = FlatGraph.dataInputs(node);
        return Stream.of(new Pair(inputs.get(0), inputs.get(1)), new Pair(inputs.get(1), inputs.get(0)));
    }

    /** The value of a float constant of one element. */
    private Optional<Float> findFloat(TensorName tensor) {
        var node = source(tensor);
        if (!node.getOp().equals("Const")) {
            return Optional.empty();
        }
        var value = node.getAttrOrThrow("value").getTensor();
        if (value.getFloatValCount() == 1) {
            return Optional.of(value.getFloatVal(0));
        }
        return Optional.of(value.getTensorContent())
                .filter(bytes -> bytes.size() == Float.BYTES)
                .map(bytes -> bytes.asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getFloat());
    }
}
