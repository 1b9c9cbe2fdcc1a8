package sckd.savedmodel;

import java.util.OptionalDouble;

/** What a mask is in the mean over its draws: a tensor that is 0 or a constant, as a uniform number is above a constant or below it. */
record RandomMask(FlatGraph graph) {
    /** A uniform number's bounds; NaN where the tensor is none. */
    record Bounds(double low, double high) {
        static final Bounds NONE = new Bounds(Double.NaN, Double.NaN);

        Bounds times(double factor) {
            return new Bounds(low * factor, high * factor);
        }

        Bounds plus(double term) {
            return new Bounds(low + term, high + term);
        }

        /** Where a number lies between them, from 0 to 1; NaN where it does not. */
        double place(double number) {
            double place = (number - low) / (high - low);
            return place >= 0 && place <= 1 ? place : Double.NaN;
        }

        double above(double limit) {
            return Math.min(1, Math.max(0, (high - limit) / (high - low)));
        }
    }

    /** Empty where the tensor is no such mask. */
    OptionalDouble findMean(TensorName tensor) {
        double mean = mean(tensor);
        return Double.isNaN(mean) ? OptionalDouble.empty() : OptionalDouble.of(mean);
    }

    private double mean(TensorName tensor) {
        var node = graph.node(tensor);
        var inputs = FlatGraph.dataInputs(node);
        return switch (node.getOp()) {
            case "Identity", "Cast", "Reshape" -> mean(inputs.get(0));
            case "Greater", "GreaterEqual" -> above(inputs.get(0), inputs.get(1));
            case "Less", "LessEqual" -> 1 - above(inputs.get(0), inputs.get(1));
            case "LogicalNot" -> 1 - mean(inputs.get(0));
            case "Floor" -> above(inputs.get(0), 1);
            case "Mul" -> scaled(inputs.get(0), inputs.get(1));
            case "RealDiv", "Div" -> mean(inputs.get(0)) / constant(inputs.get(1));
            default -> Double.NaN;
        };
    }

    private double scaled(TensorName first, TensorName second) {
        double factor = constant(second);
        return Double.isNaN(factor) ? mean(second) * constant(first) : mean(first) * factor;
    }

    private double above(TensorName number, TensorName limit) {
        return above(number, constant(limit));
    }

    private double above(TensorName number, double limit) {
        return bounds(number).above(limit);
    }

    /** {@code low + (high − low)·u}, as it is written in parts. */
    Bounds bounds(TensorName tensor) {
        var node = graph.node(tensor);
        if (RandomOps.UNIFORM.contains(node.getOp())) {
            return new Bounds(0, 1);
        }
        var inputs = FlatGraph.dataInputs(node);
        return switch (node.getOp()) {
            case "Identity", "Cast", "Reshape" -> bounds(inputs.get(0));
            case "Mul" -> {
                double factor = constant(inputs.get(1));
                yield Double.isNaN(factor)
                        ? bounds(inputs.get(1)).times(constant(inputs.get(0)))
                        : bounds(inputs.get(0)).times(factor);
            }
            case "Add", "AddV2" -> {
                double term = constant(inputs.get(1));
                yield Double.isNaN(term)
                        ? bounds(inputs.get(1)).plus(constant(inputs.get(0)))
                        : bounds(inputs.get(0)).plus(term);
            }
            default -> Bounds.NONE;
        };
    }

    private double constant(TensorName tensor) {
        return ConstantScalar.find(graph, tensor).orElse(Double.NaN);
    }
}
