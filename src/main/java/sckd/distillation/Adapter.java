package sckd.distillation;

import org.tensorflow.op.Op;
import sckd.graph.Variable;

/**
 * A variable that exists only for a distillation loss.
 *
 * @param trainable false for moving averages
 * @param initialize sets it to its first value, deterministic from the seed
 */
public record Adapter(Variable variable, boolean trainable, Op initialize) {}
