package sckd.savedmodel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Recognises a softmax, as an op or written out: {@code exp(y) / Σ exp(y)}, {@code exp(y − log Σ exp(y))} or the logarithm of one,
 * {@code y − log Σ exp(y)}, with {@code y = x} or {@code y = x − max x}.
 */
record SoftmaxPatterns(FlatGraph graph, ConstantValues constants) {
    private static final Set<String> DIVISIONS = Set.of("RealDiv", "Div", "DivNoNan");
    private static final Set<String> SUMS = Set.of("Add", "AddV2");
    /** What stands between a maximum and its subtraction. */
    private static final Set<String> VIEWS =
            Set.of("Identity", "StopGradient", "Reshape", "Squeeze", "ExpandDims", "Snapshot");

    /** What the softmax that gives this tensor takes: x. */
    Optional<TensorName> findInput(TensorName tensor) {
        var node = graph.node(tensor);
        return switch (node.getOp()) {
            case "Softmax", "LogSoftmax" -> Optional.of(input(node, 0));
            case "RealDiv", "Div", "DivNoNan" -> findQuotient(input(node, 0), input(node, 1));
            case "Mul" ->
                findProduct(input(node, 0), input(node, 1)).or(() -> findProduct(input(node, 1), input(node, 0)));
            case "Exp" -> findLogarithm(graph.node(input(node, 0)));
            default -> findLogarithm(node);
        };
    }

    /** Of {@code exp(y) · (1 / Σ exp(y))}. */
    private Optional<TensorName> findProduct(TensorName exponentials, TensorName factor) {
        var node = graph.node(factor);
        if (node.getOp().equals("Reciprocal") || node.getOp().equals("Inv")) {
            return findQuotient(exponentials, input(node, 0));
        }
        return DIVISIONS.contains(node.getOp()) && constants.is(input(node, 0), 1)
                ? findQuotient(exponentials, input(node, 1))
                : Optional.empty();
    }

    private Optional<TensorName> findQuotient(TensorName exponentials, TensorName sum) {
        return findExponent(exponentials).isPresent() && isSumOf(sum, exponentials)
                ? findExponent(exponentials).map(this::withoutMaximum)
                : Optional.empty();
    }

    /** Of {@code y − log Σ exp(y)}. */
    private Optional<TensorName> findLogarithm(NodeDef node) {
        if (node.getOp().equals("LogSoftmax")) {
            return Optional.of(input(node, 0));
        }
        if (!node.getOp().equals("Sub")) {
            return Optional.empty();
        }
        var x = input(node, 0);
        return findLogarithmOfSum(input(node, 1))
                .filter(exponent -> withoutMaximum(exponent).equals(withoutMaximum(x)))
                .map(exponent -> withoutMaximum(x));
    }

    /** The y of {@code log Σ exp(y)}, to which the maximum may have been added again. */
    private Optional<TensorName> findLogarithmOfSum(TensorName tensor) {
        var node = graph.node(withoutViews(tensor));
        return SUMS.contains(node.getOp())
                ? findLogarithmOfSum(graph.node(withoutViews(input(node, 0))))
                        .or(() -> findLogarithmOfSum(graph.node(withoutViews(input(node, 1)))))
                : findLogarithmOfSum(node);
    }

    private Optional<TensorName> findLogarithmOfSum(NodeDef log) {
        if (!log.getOp().equals("Log")) {
            return Optional.empty();
        }
        var sum = graph.node(withoutViews(input(log, 0)));
        return sum.getOp().equals("Sum") && isOverClasses(sum) ? findExponent(input(sum, 0)) : Optional.empty();
    }

    private Optional<TensorName> findExponent(TensorName tensor) {
        var node = graph.node(tensor);
        return node.getOp().equals("Exp") ? Optional.of(input(node, 0)) : Optional.empty();
    }

    private boolean isSumOf(TensorName sum, TensorName values) {
        var node = graph.node(withoutViews(sum));
        // what was written twice may stand there twice
        return node.getOp().equals("Sum")
                && findExponent(input(node, 0)).equals(findExponent(values))
                && isOverClasses(node);
    }

    /** Not over the images. */
    private boolean isOverClasses(NodeDef sum) {
        return constants
                .find(FlatGraph.dataInputs(sum).get(1))
                .filter(axes -> axes.length > 0 && Arrays.stream(axes).noneMatch(axis -> axis == 0))
                .isPresent();
    }

    /** The x of {@code x − max x}; the tensor itself where nothing is subtracted. */
    private TensorName withoutMaximum(TensorName tensor) {
        var node = graph.node(tensor);
        if (!node.getOp().equals("Sub")) {
            return tensor;
        }
        var x = input(node, 0);
        return isMaximumOf(input(node, 1), x) ? x : tensor;
    }

    /** TensorFlow's own log-sum-exp takes 0 instead of a maximum that is not finite. */
    private boolean isMaximumOf(TensorName tensor, TensorName x) {
        var node = graph.node(withoutViews(tensor));
        if (node.getOp().startsWith("Select")) {
            node = graph.node(withoutViews(input(node, 1)));
        }
        return node.getOp().equals("Max") && input(node, 0).equals(x);
    }

    private TensorName withoutViews(TensorName tensor) {
        var source = tensor;
        while (VIEWS.contains(graph.node(source).getOp())) {
            source = FlatGraph.dataInputs(graph.node(source)).get(0);
        }
        return source;
    }

    private TensorName input(NodeDef node, int index) {
        List<TensorName> inputs = FlatGraph.dataInputs(node);
        return graph.withoutIdentities(inputs.get(index));
    }
}
