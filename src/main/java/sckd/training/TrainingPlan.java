package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.OptionalDouble;

/**
 * How long and how a model is trained.
 *
 * @param clipNorm largest global norm of the combined gradient; empty: no clipping
 * @param keepCheckpoints how many of the newest stay, at least 1
 */
public record TrainingPlan(
        int epochs,
        int batchSize,
        Optimizer optimizer,
        Schedule schedule,
        OptionalDouble clipNorm,
        int keepCheckpoints) {
    public TrainingPlan {
        checkArgument(epochs >= 1, "epochs is %s; expected at least 1", epochs);
        checkArgument(batchSize >= 1, "batch-size is %s; expected at least 1", batchSize);
        checkArgument(
                clipNorm.stream().allMatch(limit -> limit > 0 && Float.isFinite((float) limit)),
                "clip-norm is %s; expected more than 0",
                clipNorm.orElse(0));
        checkArgument(keepCheckpoints >= 1, "keep-checkpoints is %s; expected at least 1", keepCheckpoints);
    }
}
