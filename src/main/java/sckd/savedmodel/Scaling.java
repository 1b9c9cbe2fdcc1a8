package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Optional;
import sckd.data.Normalization;

/** A scaling of which not all is stated. */
public final class Scaling {
    private Scaling() {}

    /**
     * The scaling of what is stated; none where nothing is. Beside a scale, mean is 0 and std 1 where left out; without a scale it is that of
     * the full range, and mean and std go together.
     *
     * @throws IllegalArgumentException if only one of mean and std is stated without a scale, or they make no scaling
     */
    public static Optional<Normalization> of(
            Optional<Float> scale, Optional<List<Float>> mean, Optional<List<Float>> std) {
        if (scale.isEmpty() && mean.isEmpty() && std.isEmpty()) {
            return Optional.empty();
        }
        checkArgument(scale.isPresent() || mean.isPresent(), "mean is missing; without a scale it goes with std");
        checkArgument(scale.isPresent() || std.isPresent(), "std is missing; without a scale it goes with mean");
        return Optional.of(new Normalization(
                scale.orElse(Normalization.FULL_RANGE), mean.orElse(List.of(0f)), std.orElse(List.of(1f))));
    }
}
