package sckd.savedmodel;

import sckd.UserException;
import sckd.data.Normalization;

/** Whether an input scaling that a user states can be the model's. */
final class InputScaling {
    private InputScaling() {}

    /** @throws UserException if the numbers of channels differ, or the model takes unscaled pixels */
    static void check(Normalization scaling, ModelInput input) {
        if (input.takesPixels()) {
            throw new UserException("the input '%s' is %s, which takes the pixels as they are; leave mean and std out"
                    .formatted(input.node(), input.dtype()));
        }
        if (scaling.channels() != 1 && !ImageInput.fitsChannels(input.shape(), scaling.channels())) {
            throw new UserException("mean and std have %d values; expected one for each channel of the input '%s' %s"
                    .formatted(scaling.channels(), input.node(), Shapes.describe(input.shape())));
        }
    }
}
