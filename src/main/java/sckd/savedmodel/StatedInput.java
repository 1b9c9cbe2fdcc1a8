package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;
import sckd.UserException;
import sckd.data.Normalization;

/** Whether what a user states of a model's input can be so. */
final class StatedInput {
    private static final int RANK_OF_IMAGES = 4;

    private StatedInput() {}

    /** @throws UserException if the input cannot have the scaling, size or layout */
    static void check(InputSettings stated, ModelInput input) {
        stated.scaling().ifPresent(scaling -> checkScaling(scaling, input));
        stated.size().ifPresent(size -> checkSize(size, stated, input));
    }

    private static void checkScaling(Normalization scaling, ModelInput input) {
        if (input.takesPixels()) {
            throw new UserException(
                    "the input '%s' is %s, which takes the pixels as they are; leave scale, mean and std out"
                            .formatted(input.node(), input.dtype()));
        }
        if (scaling.channels() != 1 && !ImageInput.fitsChannels(input.shape(), scaling.channels())) {
            throw new UserException("mean and std have %d values; expected one for each channel of the input '%s' %s"
                    .formatted(scaling.channels(), input.node(), Shapes.describe(input.shape())));
        }
    }

    private static void checkSize(ImageSize size, InputSettings stated, ModelInput input) {
        var shape = input.shape();
        if (shape.isUnknown() || shape.numDimensions() < RANK_OF_IMAGES) {
            return;
        }
        int rank = shape.numDimensions();
        boolean fits = stated.layout()
                .map(layout -> fits(size, shape, layout == Layout.NHWC ? rank - 3 : rank - 2))
                .orElseGet(() -> fits(size, shape, rank - 3) || fits(size, shape, rank - 2));
        if (!fits) {
            throw new UserException(
                    "size is %s; the input '%s' is %s".formatted(size, input.node(), Shapes.describe(shape)));
        }
    }

    private static boolean fits(ImageSize size, Shape shape, int heightAxis) {
        long height = shape.get(heightAxis);
        long width = shape.get(heightAxis + 1);
        return (height < 0 || height == size.height()) && (width < 0 || width == size.width());
    }
}
