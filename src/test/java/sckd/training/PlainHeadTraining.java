package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import sckd.distillation.PlainLosses;
import sckd.training.PlainDescent.Decision;

/**
 * By hand, in double precision: {@link TwoLayers} with a dense head on its hidden layer, which learns from the labels and, by soft cross-entropy, from the
 * model's own logits.
 */
final class PlainHeadTraining {
    static final float SUPERVISED_WEIGHT = 0.8f;
    static final float HEAD_WEIGHT = 0.7f;
    static final float LOSS_WEIGHT = 2;
    /** Of the values, how many are θ; the head's kernel and bias follow. */
    static final int PARAMETERS = 4;

    private final PlainDescent descent;

    /**
     * What a step's line in the log has to hold.
     *
     * @param cosineWithHead over θ and the head
     */
    record Step(
            double supervised, double head, double accuracyOfHead, double loss, double cosine, double cosineWithHead) {}

    PlainHeadTraining(TwoLayers student, List<double[]> head) {
        var values = new ArrayList<>(List.of(student.values()));
        values.addAll(head);
        descent = new PlainDescent(values, PARAMETERS);
    }

    List<double[]> values() {
        return descent.values;
    }

    Step step(double[][] images, int[] labels, double temperature, Decision decision) {
        var values = values();
        var target = forward(values, images).logits;
        ToDoubleFunction<List<double[]>> supervised =
                at -> forward(at, images).crossEntropy(labels).value()
                        + HEAD_WEIGHT * head(at, images).crossEntropy(labels).value();
        ToDoubleFunction<List<double[]>> soft =
                at -> PlainLosses.softCrossEntropy(head(at, images).logits, target, temperature);
        var head = head(values, images);
        double crossEntropyOfHead = head.crossEntropy(labels).value();
        double accuracyOfHead = head.accuracy(labels);
        double supervisedLoss = supervised.applyAsDouble(values);
        double softLoss = soft.applyAsDouble(values);
        var gradients = descent.step(supervised, soft, decision);
        return new Step(
                supervisedLoss,
                crossEntropyOfHead,
                accuracyOfHead,
                softLoss,
                PlainDescent.cosine(
                        gradients.supervised().subList(0, PARAMETERS),
                        gradients.loss().subList(0, PARAMETERS)),
                PlainDescent.cosine(gradients.supervised(), gradients.loss()));
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
}
