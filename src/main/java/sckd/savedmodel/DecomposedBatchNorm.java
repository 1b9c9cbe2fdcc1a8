package sckd.savedmodel;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;

/**
 * Recognises inference batch norm written in plain arithmetic, terms and factors in either order, with or without gamma and beta, with changes
 * of type between the steps: {@code x·m + (beta − mean·m)} with {@code m = gamma / √(variance + epsilon)} as {@code tf.nn.batch_normalization}
 * has it, and as a textbook has it {@code gamma · (x − mean) / √(variance + epsilon) + beta}.
 */
record DecomposedBatchNorm(FlatGraph graph) {
    private static final Set<String> ADD = Set.of("AddV2", "Add");
    private static final Set<String> MUL = Set.of("Mul");
    private static final Set<String> DIV = Set.of("RealDiv", "Div");
    private static final Set<String> TYPE_CHANGES = Set.of("Identity", "Cast");

    /**
     * What was found; whether mean and variance are moving averages is for the caller to say.
     *
     * @param core a node that only this batch norm has: of two matches with the same, the later holds the earlier
     */
    record Match(
            String core,
            TensorName x,
            Optional<TensorName> gamma,
            Optional<TensorName> beta,
            TensorName mean,
            TensorName variance,
            float epsilon) {}

    private record Pair(TensorName first, TensorName second) {}

    private record Scale(TensorName variance, float epsilon, Optional<TensorName> gamma) {}

    private record Offset(TensorName mean, Optional<TensorName> beta) {}

    /** The pattern whose outermost operation is this node. */
    Optional<Match> find(NodeDef node) {
        return operands(node, ADD)
                .flatMap(terms -> operands(source(terms.first()), MUL)
                        .flatMap(product -> match(node, product.first(), product.second(), terms.second()).stream()))
                .findFirst()
                .or(() -> findTextbook(node));
    }

    private Optional<Match> match(NodeDef sum, TensorName x, TensorName m, TensorName rest) {
        return findScale(m).flatMap(scale -> findOffset(rest, m)
                .map(offset -> new Match(
                        sum.getName(),
                        x,
                        scale.gamma(),
                        offset.beta(),
                        offset.mean(),
                        scale.variance(),
                        scale.epsilon())));
    }

    /** {@code rsqrt(variance + epsilon)}, times gamma where there is one, or {@code gamma / sqrt(variance + epsilon)}. */
    private Optional<Scale> findScale(TensorName m) {
        var node = source(m);
        return findRoot(node, "Rsqrt", Optional.empty())
                .or(() -> operands(node, MUL)
                        .flatMap(factors ->
                                findRoot(source(factors.first()), "Rsqrt", Optional.of(factors.second())).stream())
                        .findFirst())
                .or(() -> quotient(node)
                        .flatMap(parts -> findRoot(source(parts.second()), "Sqrt", Optional.of(parts.first()))));
    }

    private Optional<Scale> findRoot(NodeDef node, String kind, Optional<TensorName> gamma) {
        if (!node.getOp().equals(kind)) {
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
                .filter(factors -> sourceName(factors.second()).equals(sourceName(m)))
                .map(Pair::first)
                .findFirst();
    }

    /** The textbook's order of steps, with whatever of gamma and beta comes last. */
    private Optional<Match> findTextbook(NodeDef node) {
        return findScaled(node).or(() -> operands(node, ADD)
                .filter(terms -> isParameter(terms.second()))
                .flatMap(terms -> findScaled(source(terms.first()))
                        .map(scaled -> with(scaled, scaled.gamma(), Optional.of(terms.second())))
                        .stream())
                .findFirst());
    }

    private Optional<Match> findScaled(NodeDef node) {
        return findNormalised(node).or(() -> operands(node, MUL)
                .filter(factors -> isParameter(factors.second()))
                .flatMap(factors -> findNormalised(source(factors.first()))
                        .filter(match -> match.gamma().isEmpty())
                        .map(match -> with(match, Optional.of(factors.second()), match.beta()))
                        .stream())
                .findFirst());
    }

    private static Match with(Match match, Optional<TensorName> gamma, Optional<TensorName> beta) {
        return new Match(match.core(), match.x(), gamma, beta, match.mean(), match.variance(), match.epsilon());
    }

    /** {@code (x − mean)} times or by the root. */
    private Optional<Match> findNormalised(NodeDef node) {
        return operands(node, MUL)
                .flatMap(factors ->
                        findScale(factors.second())
                                .flatMap(scale -> findCentred(source(factors.first()), scale))
                                .stream())
                .findFirst()
                .or(() -> quotient(node).flatMap(parts -> findRoot(source(parts.second()), "Sqrt", Optional.empty())
                        .flatMap(scale -> findCentred(source(parts.first()), scale))));
    }

    private Optional<Match> findCentred(NodeDef node, Scale scale) {
        if (!node.getOp().equals("Sub")) {
            return Optional.empty();
        }
        var inputs = FlatGraph.dataInputs(node);
        return Optional.of(new Match(
                node.getName(),
                inputs.get(0),
                scale.gamma(),
                Optional.empty(),
                inputs.get(1),
                scale.variance(),
                scale.epsilon()));
    }

    /** A variable's value or a constant, in whatever type and shape: not a shortcut that is added to what was normalised. */
    private boolean isParameter(TensorName tensor) {
        var node = graph.node(tensor);
        return switch (node.getOp()) {
            case "Const", "ReadVariableOp" -> true;
            default ->
                BatchNorms.VIEWS.contains(node.getOp())
                        && isParameter(FlatGraph.dataInputs(node).get(0));
        };
    }

    private NodeDef source(TensorName tensor) {
        return graph.node(sourceName(tensor));
    }

    /** Without the steps that keep the values but for rounding. */
    private TensorName sourceName(TensorName tensor) {
        var node = graph.node(tensor);
        var inputs = FlatGraph.dataInputs(node);
        return TYPE_CHANGES.contains(node.getOp()) && !inputs.isEmpty() ? sourceName(inputs.get(0)) : tensor;
    }

    /** A binary op's operands in both orders; none if the node is of another kind. */
    private static Stream<Pair> operands(NodeDef node, Set<String> kinds) {
        if (!kinds.contains(node.getOp())) {
            return Stream.of();
        }
        var inputs = FlatGraph.dataInputs(node);
        return Stream.of(new Pair(inputs.get(0), inputs.get(1)), new Pair(inputs.get(1), inputs.get(0)));
    }

    private static Optional<Pair> quotient(NodeDef node) {
        return operands(node, DIV).findFirst();
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
