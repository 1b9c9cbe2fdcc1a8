package sckd.savedmodel;

import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/**
 * How images {@code [batch, height, width, channels]} become what a model takes: the same, {@code [batch, channels, height, width]} where
 * that is stated or the sizes say so, either with a 1 behind the batch, {@code [batch, height, width]} of one channel, or
 * {@code [batch, height · width · channels]} in that order; as floats of any width, or as whole numbers, which are pixels from 0 to 255.
 */
final class ImageInput {
    /** The types of inputs that take pixels as they are. */
    static final Set<DataType> PIXELS =
            Set.of(DataType.DT_UINT8, DataType.DT_UINT16, DataType.DT_INT16, DataType.DT_INT32, DataType.DT_INT64);

    private static final Set<DataType> FLOATS =
            Set.of(DataType.DT_FLOAT, DataType.DT_HALF, DataType.DT_BFLOAT16, DataType.DT_DOUBLE);

    private static final int RANK_OF_FRAMES = 5;
    private static final int RANK_OF_IMAGES = 4;
    private static final int RANK_WITHOUT_CHANNELS = 3;
    private static final int RANK_OF_FLAT = 2;

    /** The axes of NHWC images in the order of NCHW. */
    private static final int[] CHANNELS_FIRST = {0, 3, 1, 2};

    private ImageInput() {}

    /** Whether images can be put into such a tensor, whatever its sizes. Flat whole numbers are words rather than pixels, but for bytes. */
    static boolean takes(DataType dtype, Shape shape) {
        boolean isFlatPixels = !shape.isUnknown() && shape.numDimensions() == RANK_OF_FLAT && PIXELS.contains(dtype);
        return isRankRight(shape)
                && (FLOATS.contains(dtype) || PIXELS.contains(dtype))
                && (!isFlatPixels || dtype == DataType.DT_UINT8);
    }

    private static boolean isRankRight(Shape shape) {
        if (shape.isUnknown()) {
            return true;
        }
        int rank = shape.numDimensions();
        return (rank >= RANK_OF_FLAT && rank <= RANK_OF_IMAGES) || (rank == RANK_OF_FRAMES && shape.get(1) == 1);
    }

    /** @throws UserException if images cannot be put into it */
    static void check(ModelInput input) {
        if (!takes(input.dtype(), input.shape())) {
            throw new UserException("the input '" + input.node() + "' is " + input.dtype() + " "
                    + Shapes.describe(input.shape())
                    + "; expected floats or pixels (DT_UINT8 or wider) [batch, height, width, channels],"
                    + " [batch, height, width] or [batch, height * width * channels]");
        }
    }

    /** Whether an image of so many channels can have so many values there; unknown sizes may be anything. */
    static boolean fitsChannels(Shape shape, int channels) {
        if (shape.isUnknown()) {
            return true;
        }
        int rank = shape.numDimensions();
        long last = shape.get(rank - 1);
        return switch (rank) {
            case RANK_WITHOUT_CHANNELS -> channels == 1;
            case RANK_OF_FLAT -> last < 0 || last % channels == 0;
            case RANK_OF_IMAGES, RANK_OF_FRAMES -> last < 0 || last == channels || shape.get(rank - 3) == channels;
            default -> true;
        };
    }

    /**
     * The model's input of these images.
     *
     * @param images {@code [batch, height, width, channels]}, all but the batch known unless the shapes agree as they are
     * @throws UserException if they do not fit
     */
    static Operand<?> build(Ops tf, ClassifierModel model, Operand<TFloat32> images) {
        var input = model.input();
        var shaped =
                fit(tf, images, BatchSize.open(input.shape()), model.settings().input());
        if (shaped == null) {
            throw new UserException(ImageMismatch.describe(images.shape(), model));
        }
        // a cast alone would cut 54.999996 down to 54
        return ModelProgram.buildCast(tf, input.takesPixels() ? tf.math.round(shaped) : shaped, input.dtype());
    }

    /** Null where they do not. */
    private static Operand<TFloat32> fit(Ops tf, Operand<TFloat32> images, Shape input, InputSettings settings) {
        boolean isStated = settings.layout().isPresent();
        if (!isStated && images.shape().isCompatibleWith(input)) {
            return images;
        }
        if (images.shape().numDimensions() != RANK_OF_IMAGES
                || images.shape().tail().hasUnknownDimension()) {
            return null;
        }
        if (isStated) {
            return arrange(tf, images, settings.layout().get(), input);
        }
        var channelsLast = arrange(tf, images, Layout.NHWC, input);
        boolean hasChannels = input.isUnknown() || input.numDimensions() >= RANK_OF_IMAGES;
        return channelsLast != null || !hasChannels ? channelsLast : arrange(tf, images, Layout.NCHW, input);
    }

    /** The images in a layout, with as many axes as the input has; null where its sizes are others. */
    private static Operand<TFloat32> arrange(Ops tf, Operand<TFloat32> images, Layout layout, Shape input) {
        var inner = images.shape().tail();
        boolean isFirst = layout == Layout.NCHW;
        var ordered = isFirst ? Shape.of(inner.get(2), inner.get(0), inner.get(1)) : inner;
        var wanted =
                switch (input.numDimensions()) {
                    case RANK_OF_FRAMES -> ordered.prepend(1);
                    case RANK_WITHOUT_CHANNELS -> inner.get(2) == 1 ? inner.take(2) : null;
                    case RANK_OF_FLAT -> Shape.of(inner.size());
                    default -> ordered;
                };
        if (wanted == null || !wanted.prepend(Shape.UNKNOWN_SIZE).isCompatibleWith(input)) {
            return null;
        }
        Operand<TFloat32> arranged = isFirst ? tf.linalg.transpose(images, tf.constant(CHANNELS_FIRST)) : images;
        return wanted == ordered
                ? arranged
                : tf.reshape(arranged, tf.constant(wanted.prepend(-1).asArray()));
    }
}
