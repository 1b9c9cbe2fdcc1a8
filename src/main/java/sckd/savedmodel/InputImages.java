package sckd.savedmodel;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;
import sckd.data.Normalization;

/**
 * What a model is given of a data set's pixels, before its layout and type: resized, in its order of channels, scaled.
 *
 * <p>Resizing is that of {@code tf.image.resize} and Keras' {@code Resizing} as they are without further settings: bilinear, pixel centres at
 * halves, no antialiasing, the aspect not kept.
 */
public final class InputImages {
    private static final int HEIGHT_AXIS = 1;
    private static final int CHANNEL_AXIS = 3;

    private InputImages() {}

    /**
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255, RGB where there are three
     * @return the same; height and width those of the settings where they state a size
     */
    public static Operand<TFloat32> build(
            Ops tf, InputSettings settings, Normalization scaling, Operand<TFloat32> pixels) {
        var images = pixels;
        if (settings.size().isPresent()) {
            images = buildResized(tf, settings.size().get(), images);
        }
        if (settings.channels().filter(ChannelOrder.BGR::equals).isPresent()) {
            images = tf.reverse(images, tf.constant(new int[] {CHANNEL_AXIS}));
        }
        return scaling.build(tf, images);
    }

    private static Operand<TFloat32> buildResized(Ops tf, ImageSize size, Operand<TFloat32> images) {
        var shape = images.shape();
        if (shape.get(HEIGHT_AXIS) == size.height() && shape.get(HEIGHT_AXIS + 1) == size.width()) {
            return images;
        }
        return tf.image.resizeBilinear(
                images, tf.constant(new int[] {size.height(), size.width()}), ResizeBilinear.halfPixelCenters(true));
    }
}
