package sckd.savedmodel;

import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** Recognises a sigmoid, as an op or written out: {@code 1 / (1 + exp(−x))}. */
record SigmoidPatterns(FlatGraph graph, ConstantValues constants) {
    /** What the sigmoid that gives this tensor takes: x. */
    Optional<TensorName> findInput(TensorName tensor) {
        var node = graph.node(tensor);
        return switch (node.getOp()) {
            case "Sigmoid" -> Optional.of(input(node, 0));
            case "Reciprocal", "Inv" -> findDenominator(input(node, 0));
            case "RealDiv", "Div" ->
                constants.is(input(node, 0), 1) ? findDenominator(input(node, 1)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** Of {@code 1 + exp(−x)}, in either order. */
    private Optional<TensorName> findDenominator(TensorName tensor) {
        var node = graph.node(tensor);
        if (!node.getOp().equals("Add") && !node.getOp().equals("AddV2")) {
            return Optional.empty();
        }
        return findExponent(node, 0, 1).or(() -> findExponent(node, 1, 0));
    }

    private Optional<TensorName> findExponent(NodeDef sum, int one, int exponential) {
        var exp = graph.node(input(sum, exponential));
        if (!exp.getOp().equals("Exp") || !constants.is(input(sum, one), 1)) {
            return Optional.empty();
        }
        var negated = graph.node(input(exp, 0));
        return negated.getOp().equals("Neg") ? Optional.of(input(negated, 0)) : Optional.empty();
    }

    private TensorName input(NodeDef node, int index) {
        return graph.withoutIdentities(FlatGraph.dataInputs(node).get(index));
    }
}
