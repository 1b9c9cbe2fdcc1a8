package sckd.training;

/**
 * How a classifier does on a set of images.
 *
 * @param top1 share of images whose class has the largest logit, 0 to 1
 * @param top5 share of images whose class is among the five largest (or all, where there are fewer)
 * @param loss mean cross-entropy, in nats
 */
public record EvaluationResult(double top1, double top5, double loss, int images) {}
