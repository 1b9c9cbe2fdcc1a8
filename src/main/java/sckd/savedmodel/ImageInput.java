package sckd.savedmodel;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/**
 * How images {@code [batch, height, width, channels]} become what a model takes: the same, {@code [batch, channels, height, width]} where
 * the sizes say so, {@code [batch, height, width]} of one channel, or {@code [batch, height · width · channels]} in that order;as float32, or as uint8, which are pixels from 0 to 255.
 */
final class ImageInput {
    private static final int RANK_OF_IMAGES = 4;
    private static final int RANK_WITHOUT_CHANNELS = 3;
    private static final int RANK_OF_FLAT = 2;

    /** The axes of NHWC images in the order of NCHW. */
    private static final int[] CHANNELS_FIRST = {0, 3, 1, 2};

    private ImageInput() {}

    /** Whether images can be put into such a tensor, whatever its sizes. */
    static boolean takes(DataType dtype, Shape shape) {
        boolean isRankRight =
                shape.isUnknown() || (shape.numDimensions() >= RANK_OF_FLAT && shape.numDimensions() <= RANK_OF_IMAGES);
        return isRankRight && (dtype == DataType.DT_FLOAT || dtype == DataType.DT_UINT8);
    }

    /** @throws UserException if images cannot be put into it */
    static void check(ModelInput input) {
        if (!takes(input.dtype(), input.shape())) {
            throw new UserException("the input '" + input.node() + "' is " + input.dtype() + " "
                    + Shapes.describe(input.shape())
                    + "; expected DT_FLOAT or DT_UINT8 [batch, height, width, channels],"
                    + " [batch, height, width] or [batch, height * width * channels]");
        }
    }

    /** Whether an image of so many channels can have so many values there; unknown sizes may be anything. */
    static boolean fitsChannels(Shape shape, int channels) {
        if (shape.isUnknown()) {
            return true;
        }
        long last = shape.get(shape.numDimensions() - 1);
        return switch (shape.numDimensions()) {
            case RANK_WITHOUT_CHANNELS -> channels == 1;
            case RANK_OF_FLAT -> last < 0 || last % channels == 0;
            case RANK_OF_IMAGES -> last < 0 || last == channels || shape.get(1) == channels;
            default -> true;
        };
    }

    /**
     * The model's input of these images, which may already have its shape.
     *
     * @param images {@code [batch, height, width, channels]}, all but the batch known unless the shapes agree as they are
     * @throws UserException if they do not fit
     */
    static Operand<?> build(Ops tf, ClassifierModel model, Operand<TFloat32> images) {
        var input = model.input();
        var shaped = fit(tf, images, BatchSize.open(input.shape()));
        if (shaped == null) {
            throw new UserException("images are %s; %s takes %s; use images of that size or another model"
                    .formatted(Shapes.describe(images.shape()), model.directory(), Shapes.describe(input.shape())));
        }
        // a cast alone would cut 54.999996 down to 54
        return ModelProgram.buildCast(tf, input.takesPixels() ? tf.math.round(shaped) : shaped, input.dtype());
    }

    /** Null where they do not. */
    private static Operand<TFloat32> fit(Ops tf, Operand<TFloat32> images, Shape input) {
        if (images.shape().isCompatibleWith(input)) {
            return images;
        }
        if (images.shape().numDimensions() != RANK_OF_IMAGES
                || images.shape().tail().hasUnknownDimension()) {
            return null;
        }
        var inner = images.shape().tail();
        boolean hasOneChannel = inner.get(2) == 1;
        return switch (input.numDimensions()) {
            case RANK_OF_IMAGES ->
                reaches(Shape.of(inner.get(2), inner.get(0), inner.get(1)), input)
                        ? tf.linalg.transpose(images, tf.constant(CHANNELS_FIRST))
                        : null;
            case RANK_WITHOUT_CHANNELS -> hasOneChannel ? reshape(tf, images, inner.take(2), input) : null;
            default -> reshape(tf, images, Shape.of(inner.size()), input);
        };
    }

    private static Operand<TFloat32> reshape(Ops tf, Operand<TFloat32> images, Shape inner, Shape input) {
        return reaches(inner, input)
                ? tf.reshape(images, tf.constant(inner.prepend(-1).asArray()))
                : null;
    }

    private static boolean reaches(Shape inner, Shape input) {
        return inner.prepend(-1).isCompatibleWith(input);
    }
}
