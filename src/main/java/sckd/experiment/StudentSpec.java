package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;
import sckd.data.Normalization;

/**
 * The model that is trained.
 *
 * @param input its scaling; empty: the model's own, else the data set's
 * @param batchNormMomentum of the moving averages, 0 to 1; empty: the model's own, else 0.99
 */
public record StudentSpec(ModelSource model, Optional<Normalization> input, Optional<Float> batchNormMomentum) {
    public StudentSpec {
        batchNormMomentum.ifPresent(momentum ->
                checkArgument(momentum >= 0 && momentum <= 1, "batch-norm-momentum is %s; expected 0 to 1", momentum));
    }
}
