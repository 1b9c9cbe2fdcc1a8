package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Mixes each image with another of the training images, drawn uniformly by the image's own key (where the customary form takes another of the
 * batch, so that the result would depend on it). Both are augmented before, each by its own random numbers. The label then is two, with weights.
 */
public sealed interface MixAugmentation extends Augmentation permits Mixup, CutMix {
    /** Parameter of the symmetric Beta distribution that the weight is drawn from. */
    float alpha();

    /** With which an image is mixed at all. */
    float probability();

    /** Of {@code draws()}, the first three say which image, whether, and how much; the others are the mixture's own. */
    int OWN_DRAWS = 3;

    /**
     * @param own {@code [batch, height, width, channels]}, 0 to 255
     * @param other the same shape
     * @param weights of the own image, 0 to 1, {@code [batch]}
     * @param draws uniform in [0, 1), {@code [batch, draws() − OWN_DRAWS]}
     */
    Mixture build(
            Ops tf, Operand<TFloat32> own, Operand<TFloat32> other, Operand<TFloat32> weights, Operand<TFloat32> draws);

    /**
     * @param pixels the mixed images
     * @param weights of the own image's label, {@code [batch]}
     */
    record Mixture(Operand<TFloat32> pixels, Operand<TFloat32> weights) {}
}
