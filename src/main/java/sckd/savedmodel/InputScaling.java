package sckd.savedmodel;

import sckd.UserException;
import sckd.data.Normalization;

/** Whether an input scaling that a user states can be the model's. */
final class InputScaling {
    private static final int CHANNELS_FIRST_AXIS = 1;

    private InputScaling() {}

    /** @throws UserException if the numbers of channels differ */
    static void check(Normalization scaling, ModelInput input) {
        if (!fits(scaling.mean().size(), input)) {
            throw new UserException("mean and std have %d values; expected one for each channel of the input '%s' %s"
                    .formatted(scaling.mean().size(), input.node(), Shapes.describe(input.shape())));
        }
    }

    private static boolean fits(int channels, ModelInput input) {
        var shape = input.shape();
        if (shape.isUnknown() || shape.numDimensions() <= CHANNELS_FIRST_AXIS) {
            return true;
        }
        long last = shape.get(shape.numDimensions() - 1);
        return last < 0 || last == channels || shape.get(CHANNELS_FIRST_AXIS) == channels;
    }
}
