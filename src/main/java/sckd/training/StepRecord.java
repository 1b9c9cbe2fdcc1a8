package sckd.training;

import java.util.List;

/**
 * What one step did: a line of {@code steps.jsonl}.
 *
 * @param epoch from 1
 * @param step from 1, over the whole training
 * @param supervisedLoss raw cross-entropy of the batch, in nats
 * @param accuracy top-1 of the batch, 0 to 1
 * @param supervisedGradientNorm ‖g_S‖; null where the step computes no separate gradients
 * @param gradientNorm of the combined gradient, before clipping
 */
public record StepRecord(
        int epoch,
        long step,
        double learningRate,
        float supervisedLoss,
        float accuracy,
        Float supervisedGradientNorm,
        float gradientNorm,
        List<LossRecord> losses) {}
