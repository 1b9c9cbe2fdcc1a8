package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The supervised loss: cross-entropy with the labels.
 *
 * @param weight at least 0
 */
public record Supervised(float weight) {
    public Supervised {
        checkArgument(weight >= 0, "weight is %s; expected at least 0", weight);
    }
}
