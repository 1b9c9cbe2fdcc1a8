package sckd.savedmodel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * An assignment that moves an average, {@code average ← momentum · average + (1 − momentum) · statistic}, however its sums and products are
 * written.
 *
 * @param handle of the average
 * @param statistic what the average moves to
 */
record MovingAverage(String handle, TensorName statistic) {
    private static final double TOLERANCE = 1e-3;
    private static final int MOST_TERMS = 20;

    /** Empty where the node assigns anything else, or is no assignment. */
    static Optional<MovingAverage> find(FlatGraph graph, NodeDef assignment) {
        if (!Effects.ASSIGNMENTS.contains(assignment.getOp()) || !GraphEdit.isWhole(assignment)) {
            return Optional.empty();
        }
        var inputs = FlatGraph.dataInputs(assignment);
        var average = graph.withoutIdentities(inputs.get(0));
        var sum = new Sum(graph);
        boolean isWhole = sum.add(inputs.get(1), assignment.getOp().equals("AssignSubVariableOp") ? -1 : 1);
        if (!assignment.getOp().equals("AssignVariableOp")) {
            sum.factors.merge(average, 1., Double::sum);
        }
        double momentum = Optional.ofNullable(sum.factors.remove(average)).orElse(0.);
        if (!isWhole || sum.factors.size() != 1) {
            return Optional.empty();
        }
        var statistic = sum.factors.entrySet().iterator().next();
        boolean isMean = Math.abs(momentum + statistic.getValue() - 1) < TOLERANCE;
        boolean isMoved =
                momentum > 0 && momentum < 1 || momentum == 0 && isMovedByKernel(graph, average, statistic.getKey());
        return isMean && isMoved
                ? Optional.of(new MovingAverage(average.node(), statistic.getKey()))
                : Optional.empty();
    }

    /** A fused batch norm that takes the averages hands on the moved ones. */
    private static boolean isMovedByKernel(FlatGraph graph, TensorName average, TensorName moved) {
        var node = graph.node(moved);
        return BatchNorms.FUSED.contains(node.getOp())
                && (moved.index() == 1 || moved.index() == 2)
                && graph.findHandleRead(graph.input(node, moved.index() + 2))
                        .filter(average.node()::equals)
                        .isPresent();
    }

    /** A tensor as a sum of others with constant factors; a variable's value stands under its handle. */
    private static final class Sum {
        private static final Set<String> ADDITIONS = Set.of("Add", "AddV2");

        private final FlatGraph graph;
        private final Map<TensorName, Double> factors = new HashMap<>();
        private int terms;

        Sum(FlatGraph graph) {
            this.graph = graph;
        }

        /** False where there are too many terms. */
        boolean add(TensorName tensor, double factor) {
            var node = graph.node(tensor);
            var inputs = FlatGraph.dataInputs(node);
            if (++terms > MOST_TERMS) {
                return false;
            }
            if (!GraphEdit.isWhole(node)) {
                return addPlain(tensor, factor);
            }
            if (ADDITIONS.contains(node.getOp())) {
                return add(inputs.get(0), factor) && add(inputs.get(1), factor);
            }
            return switch (node.getOp()) {
                case "Identity" -> add(inputs.get(0), factor);
                case "Neg" -> add(inputs.get(0), -factor);
                case "Sub" -> add(inputs.get(0), factor) && add(inputs.get(1), -factor);
                case "Mul" -> addProduct(tensor, inputs.get(0), inputs.get(1), factor);
                case "ReadVariableOp" -> addPlain(graph.withoutIdentities(inputs.get(0)), factor);
                default -> addPlain(tensor, factor);
            };
        }

        private boolean addProduct(TensorName product, TensorName first, TensorName second, double factor) {
            var constant = ConstantScalar.find(graph, second);
            if (constant.isPresent()) {
                return add(first, factor * constant.getAsDouble());
            }
            constant = ConstantScalar.find(graph, first);
            return constant.isPresent() ? add(second, factor * constant.getAsDouble()) : addPlain(product, factor);
        }

        private boolean addPlain(TensorName tensor, double factor) {
            factors.merge(tensor, factor, Double::sum);
            return true;
        }
    }
}
