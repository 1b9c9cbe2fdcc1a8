package sckd.savedmodel;

import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Dropout (Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014), as it is written since: what is kept is
 * scaled so that the mean stays.
 */
record Dropouts(FlatGraph graph) {
    private static final double TOLERANCE = 1e-3;
    private static final Set<String> SELECTS = Set.of("Select", "SelectV2");
    private static final Set<String> DIVISIONS = Set.of("Div", "RealDiv");

    /** What the node drops from: {@code x} of {@code x · scale · mask} or of a choice between {@code x · scale} and 0. */
    Optional<TensorName> find(NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        if (node.getOp().equals("Mul")) {
            return findUndropped(inputs.get(0), inputs.get(1)).or(() -> findUndropped(inputs.get(1), inputs.get(0)));
        }
        boolean isChoice = SELECTS.contains(node.getOp())
                && ConstantScalar.find(graph, inputs.get(2)).orElse(1) == 0;
        return isChoice ? findUndropped(inputs.get(1), inputs.get(0)) : Optional.empty();
    }

    private Optional<TensorName> findUndropped(TensorName scaled, TensorName mask) {
        var mean = new RandomMask(graph).findMean(mask);
        if (mean.isEmpty()) {
            return Optional.empty();
        }
        return Math.abs(mean.getAsDouble() - 1) < TOLERANCE
                ? Optional.of(scaled)
                : findUnscaled(scaled, 1 / mean.getAsDouble());
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
