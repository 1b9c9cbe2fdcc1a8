package sckd.training;

import java.util.List;
import java.util.Optional;

/**
 * What one step did: a line of {@code steps.jsonl}.
 *
 * @param epoch from 1
 * @param step from 1, over the whole training
 * @param supervisedLoss L_S of the batch, without its weight, in nats: the cross-entropy with the labels, and that of each head times the head's weight
 * @param accuracy top-1 of the batch, 0 to 1
 * @param supervisedGradientNorm ‖g_S‖; null where the step computes no separate gradients
 * @param gradientNorm of the combined gradient, before clipping
 * @param heads of the student, in order
 */
public record StepRecord(
        int epoch,
        long step,
        double learningRate,
        float supervisedLoss,
        float accuracy,
        Float supervisedGradientNorm,
        float gradientNorm,
        List<LossRecord> losses,
        List<HeadRecord> heads) {

    /** The first figure that is infinite or no number, in words. */
    Optional<String> findNonFinite() {
        if (!Float.isFinite(supervisedLoss)) {
            return Optional.of("the supervised loss is " + supervisedLoss);
        }
        for (var loss : losses) {
            if (!Float.isFinite(loss.loss())) {
                return Optional.of("loss '%s' is %s".formatted(loss.name(), loss.loss()));
            }
        }
        if (!isFinite(supervisedGradientNorm)) {
            return Optional.of("the norm of the supervised gradient is " + supervisedGradientNorm);
        }
        for (var loss : losses) {
            if (!isFinite(loss.gradientRatio()) || !isFinite(loss.cosine())) {
                return Optional.of("the gradient of loss '%s' is not finite".formatted(loss.name()));
            }
        }
        return isFinite(gradientNorm) ? Optional.empty() : Optional.of("the norm of the gradient is " + gradientNorm);
    }

    /** Whether a figure is finite or was not measured. */
    private static boolean isFinite(Float figure) {
        return figure == null || Float.isFinite(figure);
    }
}
