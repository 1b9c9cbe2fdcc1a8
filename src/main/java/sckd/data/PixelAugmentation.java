package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Changes the values of pixels. */
public sealed interface PixelAugmentation extends Augmentation permits Cutout, ColourJitter, RandomResizedCrop {
    /**
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @param draws uniform in [0, 1), {@code [batch, draws()]}
     * @param images that the pixels are of
     * @return the same shape
     */
    Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels, Operand<TFloat32> draws, ImageStatistics images);
}
