package sckd.training;

import java.util.ArrayList;
import java.util.List;

/**
 * Gated distillation by hand, in double precision, on {@link TwoLayers}: SGD with momentum and coupled weight decay. Three losses: output at
 * temperature 4 from the first teacher, output at temperature 1 from the second, the hidden layer of the first.
 */
final class PlainTraining {
    static final float RATE = 0.1f;
    static final float MOMENTUM = 0.9f;
    static final float DECAY = 0.01f;
    static final float SUPERVISED_WEIGHT = 0.7f;

    final double[][] parameters;
    final double[][] velocity;
    private final TwoLayers first;
    private final TwoLayers second;
    private final float[] weights;
    private final PlainGate gate;
    private int done;

    /** What a step's line in the log has to hold. */
    record Step(
            double supervisedLoss,
            double accuracy,
            double supervisedNorm,
            double norm,
            double[] losses,
            double[] cosines,
            double[] gates,
            double[] ratios) {}

    PlainTraining(TwoLayers student, TwoLayers first, TwoLayers second, float[] weights, PlainGate gate) {
        this.parameters = copy(student.values(), 1);
        this.velocity = copy(student.values(), 0);
        this.first = first;
        this.second = second;
        this.weights = weights;
        this.gate = gate;
    }

    Step step(double[][] images, int[] labels) {
        var student = new PlainForward(new TwoLayers(parameters), images);
        var warm = new PlainForward(first, images);
        var supervised = student.crossEntropy(labels);
        var losses = List.of(
                student.output(warm.logits, 4),
                student.output(new PlainForward(second, images).logits, 1),
                student.feature(warm.hidden));
        double supervisedNorm = norm(supervised.gradient());
        var combined = copy(supervised.gradient(), SUPERVISED_WEIGHT);
        var gradients = losses.stream().map(PlainForward.Loss::gradient).toList();
        var decided = gate.decide(++done, supervised.gradient(), gradients);
        var values = new double[3];
        var cosines = new double[3];
        var gates = new double[3];
        var ratios = new double[3];
        for (int k = 0; k < 3; k++) {
            var gradient = gradients.get(k);
            values[k] = losses.get(k).value();
            cosines[k] = cosine(supervised.gradient(), gradient);
            gates[k] = PlainGate.meanOfReached(decided[k], gradient);
            ratios[k] = norm(gradient) / supervisedNorm;
            add(combined, gradient, decided[k], weights[k]);
        }
        update(combined);
        return new Step(
                supervised.value(),
                student.accuracy(labels),
                supervisedNorm,
                norm(combined),
                values,
                cosines,
                gates,
                ratios);
    }

    private void update(double[][] gradient) {
        for (int v = 0; v < parameters.length; v++) {
            for (int i = 0; i < parameters[v].length; i++) {
                velocity[v][i] = MOMENTUM * velocity[v][i] + gradient[v][i] + DECAY * parameters[v][i];
                parameters[v][i] -= RATE * velocity[v][i];
            }
        }
    }

    List<Step> run(List<double[][]> images, List<int[]> labels) {
        var steps = new ArrayList<Step>();
        for (int step = 0; step < images.size(); step++) {
            steps.add(step(images.get(step), labels.get(step)));
        }
        return steps;
    }

    private static void add(double[][] sum, double[][] gradient, double[] gates, double weight) {
        for (int v = 0; v < sum.length; v++) {
            for (int i = 0; i < sum[v].length; i++) {
                sum[v][i] += gates[v] * weight * gradient[v][i];
            }
        }
    }

    static double dot(double[][] left, double[][] right) {
        double sum = 0;
        for (int v = 0; v < left.length; v++) {
            for (int i = 0; i < left[v].length; i++) {
                sum += left[v][i] * right[v][i];
            }
        }
        return sum;
    }

    /** All values as one vector; 0 where one of both is zero. */
    static double cosine(double[][] left, double[][] right) {
        double norms = norm(left) * norm(right);
        return norms == 0 ? 0 : dot(left, right) / norms;
    }

    static double norm(double[][] gradient) {
        return Math.sqrt(dot(gradient, gradient));
    }

    private static double[][] copy(double[][] values, double factor) {
        var copy = new double[values.length][];
        for (int v = 0; v < values.length; v++) {
            copy[v] = values[v].clone();
            for (int i = 0; i < copy[v].length; i++) {
                copy[v][i] *= factor;
            }
        }
        return copy;
    }
}
