package sckd.training;

/**
 * One distillation loss in one step.
 *
 * @param loss raw
 * @param weightedLoss {@code α · loss}
 * @param gate γ, as its gate shows it
 * @param cosine with the supervised gradient; null where the step computes no separate gradients
 * @param gradientRatio {@code ‖g_k‖ / ‖g_S‖}; null likewise, and where g_S is zero
 */
public record LossRecord(String name, float loss, float weightedLoss, float gate, Float cosine, Float gradientRatio) {}
