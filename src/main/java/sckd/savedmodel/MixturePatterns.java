package sckd.savedmodel;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Recognises probabilities that several softmaxes or sigmoids make together, as the mean of an ensemble does, and the pair {@code [1 − σ(z), σ(z)]}.
 * There is no tensor of logits behind them; their logarithms are some.
 */
record MixturePatterns(FlatGraph graph, ConstantValues constants, SoftmaxPatterns softmaxes, SigmoidPatterns sigmoids) {
    /** These make positive numbers of positive ones. */
    private static final Set<String> OF_ALL = Set.of("Add", "AddV2", "AddN", "Mul", "Pack", "Maximum", "Minimum");

    private static final Set<String> OF_ALL_BUT_LAST = Set.of("ConcatV2");

    private static final Set<String> OF_FIRST = Set.of(
            "Mean",
            "Sum",
            "Identity",
            "StopGradient",
            "Cast",
            "Reshape",
            "Squeeze",
            "ExpandDims",
            "Transpose",
            "StridedSlice",
            "Gather",
            "GatherV2",
            "ClipByValue");

    /** What is mixed, all of one kind; empty for a tensor that holds anything else. */
    Optional<OutputTrace.Kind> find(TensorName tensor) {
        var kinds = EnumSet.noneOf(OutputTrace.Kind.class);
        var waiting = new ArrayDeque<>(List.of(tensor));
        var seen = new HashSet<TensorName>();
        while (!waiting.isEmpty()) {
            var next = waiting.pop();
            if (!seen.add(next)) {
                continue;
            }
            var kind = findKind(next);
            if (kind.isPresent()) {
                kinds.add(kind.get());
            } else if (!isPositive(next)) {
                var mixed = mixed(graph.node(next));
                if (mixed.isEmpty()) {
                    return Optional.empty();
                }
                waiting.addAll(mixed);
            }
        }
        return kinds.size() == 1 ? Optional.of(kinds.iterator().next()) : Optional.empty();
    }

    private Optional<OutputTrace.Kind> findKind(TensorName tensor) {
        if (isPair(graph.node(tensor)) || softmaxes.findInput(tensor).isPresent()) {
            return Optional.of(OutputTrace.Kind.MIXED_SOFTMAX);
        }
        return sigmoids.findInput(tensor).map(logits -> OutputTrace.Kind.MIXED_SIGMOID);
    }

    private boolean isPositive(TensorName tensor) {
        return constants
                .find(tensor)
                .filter(values -> Arrays.stream(values).allMatch(value -> value > 0))
                .isPresent();
    }

    private List<TensorName> mixed(NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        if (OF_ALL.contains(node.getOp())) {
            return inputs;
        }
        if (OF_ALL_BUT_LAST.contains(node.getOp())) {
            return inputs.subList(0, inputs.size() - 1);
        }
        boolean isQuotient = Set.of("RealDiv", "Div").contains(node.getOp()) && isPositive(inputs.get(1));
        return isQuotient || OF_FIRST.contains(node.getOp()) ? inputs.subList(0, 1) : List.of();
    }

    /** Of σ(z) and 1 − σ(z), in either order. */
    private boolean isPair(NodeDef node) {
        boolean isTwo = node.getOp().equals("ConcatV2")
                        && FlatGraph.dataInputs(node).size() == 3
                || node.getOp().equals("Pack") && FlatGraph.dataInputs(node).size() == 2;
        return isTwo && (isPair(node, 0, 1) || isPair(node, 1, 0));
    }

    private boolean isPair(NodeDef node, int rest, int probability) {
        var p = input(node, probability);
        var difference = graph.node(input(node, rest));
        return sigmoids.findInput(p).isPresent()
                && difference.getOp().equals("Sub")
                && constants.is(input(difference, 0), 1)
                && input(difference, 1).equals(p);
    }

    private TensorName input(NodeDef node, int index) {
        return graph.withoutIdentities(FlatGraph.dataInputs(node).get(index));
    }
}
