package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import sckd.distillation.PlainLosses;

/**
 * By hand, in double precision, with gradients by central differences: {@link TwoLayers} with a dense head on its hidden layer, which learns from the labels and,
 * by soft cross-entropy, from the model's own logits. Plain gradient descent.
 */
final class PlainHeadTraining {
    static final float RATE = 0.1f;
    static final float SUPERVISED_WEIGHT = 0.8f;
    static final float HEAD_WEIGHT = 0.7f;
    static final float LOSS_WEIGHT = 2;
    /** Of the values, how many are θ; the head's kernel and bias follow. */
    private static final int PARAMETERS = 4;

    final List<double[]> values;

    /** What becomes of w_S and of the loss's gradient, for θ and for the head. */
    record Factors(double supervised, double supervisedOfHead, double loss, double lossOfHead) {}

    /** Decides by what a gate sees: ⟨g_S, g_k⟩ and ‖g_S‖² and ‖g_k‖² over θ. */
    interface Decision {
        Factors decide(double dot, double supervisedSquare, double lossSquare);
    }

    /**
     * What a step's line in the log has to hold.
     *
     * @param cosineWithHead over θ and the head
     */
    record Step(
            double supervised, double head, double accuracyOfHead, double loss, double cosine, double cosineWithHead) {}

    PlainHeadTraining(TwoLayers student, List<double[]> head) {
        values = new ArrayList<>(List.of(student.values()));
        values.addAll(head);
    }

    Step step(double[][] images, int[] labels, double temperature, Decision decision) {
        var target = forward(values, images).logits;
        ToDoubleFunction<List<double[]>> supervised =
                at -> forward(at, images).crossEntropy(labels).value()
                        + HEAD_WEIGHT * head(at, images).crossEntropy(labels).value();
        ToDoubleFunction<List<double[]>> soft =
                at -> PlainLosses.softCrossEntropy(head(at, images).logits, target, temperature);
        var head = head(values, images);
        var supervisedGradient = gradient(supervised);
        var lossGradient = gradient(soft);
        var step = new Step(
                supervised.applyAsDouble(values),
                head.crossEntropy(labels).value(),
                head.accuracy(labels),
                soft.applyAsDouble(values),
                cosine(supervisedGradient, lossGradient, PARAMETERS),
                cosine(supervisedGradient, lossGradient, values.size()));
        descend(supervisedGradient, lossGradient, decision);
        return step;
    }

    private void descend(List<double[]> supervised, List<double[]> loss, Decision decision) {
        var factors = decision.decide(
                dot(supervised, loss, PARAMETERS),
                dot(supervised, supervised, PARAMETERS),
                dot(loss, loss, PARAMETERS));
        for (int v = 0; v < values.size(); v++) {
            boolean ofHead = v >= PARAMETERS;
            for (int i = 0; i < values.get(v).length; i++) {
                values.get(v)[i] -= RATE
                        * ((ofHead ? factors.supervisedOfHead : factors.supervised)
                                        * supervised.get(v)[i]
                                + (ofHead ? factors.lossOfHead : factors.loss) * loss.get(v)[i]);
            }
        }
    }

    private static PlainForward forward(List<double[]> at, double[][] images) {
        return new PlainForward(new TwoLayers(at.subList(0, PARAMETERS).toArray(double[][]::new)), images);
    }

    /** The head in the place of the second layer. */
    private static PlainForward head(List<double[]> at, double[][] images) {
        return new PlainForward(
                new TwoLayers(new double[][] {at.get(0), at.get(1), at.get(PARAMETERS), at.get(PARAMETERS + 1)}),
                images);
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

    private static double cosine(List<double[]> one, List<double[]> other, int count) {
        return dot(one, other, count) / Math.sqrt(dot(one, one, count) * dot(other, other, count));
    }

    private static double dot(List<double[]> one, List<double[]> other, int count) {
        double sum = 0;
        for (int v = 0; v < count; v++) {
            for (int i = 0; i < one.get(v).length; i++) {
                sum += one.get(v)[i] * other.get(v)[i];
            }
        }
        return sum;
    }
}
