package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * Gated gradient descent by hand, in double precision, of a supervised and one distillation loss: {@code x ← x − rate · (w · ∂L_S + c · ∂L)}, gradients by central
 * differences, w and c for each value x apart.
 */
final class PlainDescent {
    static final float RATE = 0.1f;

    /** θ, then what else is trained; each step changes them. */
    final List<double[]> values;

    private final int parameters;

    /**
     * What becomes of both gradients, one of each for each of the values.
     *
     * @param supervised w
     * @param loss c, which is γα
     */
    record Factors(double[] supervised, double[] loss) {}

    /** Decides by what a gate sees: both gradients over θ. */
    interface Decision {
        Factors decide(List<double[]> supervised, List<double[]> loss);
    }

    /**
     * Of each value of θ by its own cosine, at φ = 0.
     *
     * @param ofMean what becomes of the gradients, but for those of the loss over θ, by the mean γ over the values that the loss reaches
     */
    static Decision byVariable(double lossWeight, DoubleFunction<Factors> ofMean) {
        return (supervised, loss) -> {
            var gradient = loss.toArray(double[][]::new);
            var gates = PlainGate.byVariable(0)
                    .decide(1, supervised.toArray(double[][]::new), List.<double[][]>of(gradient))[0];
            var factors = ofMean.apply(PlainGate.meanOfReached(gates, gradient));
            for (int v = 0; v < gates.length; v++) {
                factors.loss[v] = gates[v] * lossWeight;
            }
            return factors;
        };
    }

    /** Both gradients over all values. */
    record Gradients(List<double[]> supervised, List<double[]> loss) {}

    /** @param parameters how many of the values are θ */
    PlainDescent(List<double[]> values, int parameters) {
        this.values = values;
        this.parameters = parameters;
    }

    Gradients step(
            ToDoubleFunction<List<double[]>> supervised, ToDoubleFunction<List<double[]>> loss, Decision decision) {
        var gradients = new Gradients(gradient(supervised), gradient(loss));
        var factors =
                decision.decide(gradients.supervised.subList(0, parameters), gradients.loss.subList(0, parameters));
        for (int v = 0; v < values.size(); v++) {
            for (int i = 0; i < values.get(v).length; i++) {
                values.get(v)[i] -= RATE
                        * (factors.supervised[v] * gradients.supervised.get(v)[i]
                                + factors.loss[v] * gradients.loss.get(v)[i]);
            }
        }
        return gradients;
    }

    private List<double[]> gradient(ToDoubleFunction<List<double[]>> loss) {
        double step = 1e-6;
        var gradient = new ArrayList<double[]>();
        for (var value : values) {
            var slopes = new double[value.length];
            for (int i = 0; i < value.length; i++) {
                double middle = value[i];
                value[i] = middle + step;
                double up = loss.applyAsDouble(values);
                value[i] = middle - step;
                slopes[i] = (up - loss.applyAsDouble(values)) / (2 * step);
                value[i] = middle;
            }
            gradient.add(slopes);
        }
        return gradient;
    }

    /** All values as one vector; 0 where one of both is zero. */
    static double cosine(List<double[]> one, List<double[]> other) {
        double norms = Math.sqrt(dot(one, one) * dot(other, other));
        return norms == 0 ? 0 : dot(one, other) / norms;
    }

    static double dot(List<double[]> one, List<double[]> other) {
        double sum = 0;
        for (int v = 0; v < one.size(); v++) {
            for (int i = 0; i < one.get(v).length; i++) {
                sum += one.get(v)[i] * other.get(v)[i];
            }
        }
        return sum;
    }
}
