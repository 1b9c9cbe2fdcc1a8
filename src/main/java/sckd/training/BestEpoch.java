package sckd.training;

/** The epoch with the highest top-1 on the monitored images so far, the first of equals; {@code step} names its checkpoint. */
public record BestEpoch(int epoch, long step, EvaluationResult evaluation) {}
