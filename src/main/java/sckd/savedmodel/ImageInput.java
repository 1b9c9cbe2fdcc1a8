package sckd.savedmodel;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/**
 * How images {@code [batch, height, width, channels]} become what a model takes: the same, {@code [batch, height, width]} of one channel, or
 * {@code [batch, height · width · channels]} in that order; as float32, or as uint8, which are pixels from 0 to 255.
 */
final class ImageInput {
    private static final int RANK_OF_IMAGES = 4;
    private static final int RANK_WITHOUT_CHANNELS = 3;
    private static final int RANK_OF_FLAT = 2;

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
        var shaped = images;
        if (!images.shape().isCompatibleWith(input.shape())) {
            var inner = findInner(images.shape(), input.shape());
            if (inner == null) {
                throw new UserException("images are %s; %s takes %s; use images of that size or another model"
                        .formatted(Shapes.describe(images.shape()), model.directory(), Shapes.describe(input.shape())));
            }
            shaped = tf.reshape(images, tf.constant(inner.prepend(-1).asArray()));
        }
        // a cast alone would cut 54.999996 down to 54
        return input.dtype() == DataType.DT_UINT8
                ? ModelProgram.buildCast(tf, tf.math.round(shaped), input.dtype())
                : shaped;
    }

    /** The sizes of one image in the input's rank; null where it does not fit. */
    private static Shape findInner(Shape images, Shape input) {
        if (images.numDimensions() != RANK_OF_IMAGES || images.tail().hasUnknownDimension()) {
            return null;
        }
        var image = images.tail();
        boolean hasOneChannel = image.get(2) == 1;
        var inner =
                switch (input.numDimensions()) {
                    case RANK_WITHOUT_CHANNELS -> hasOneChannel ? image.take(2) : null;
                    case RANK_OF_FLAT -> Shape.of(image.size());
                    default -> null;
                };
        return inner != null && inner.prepend(images.get(0)).isCompatibleWith(input) ? inner : null;
    }
}
