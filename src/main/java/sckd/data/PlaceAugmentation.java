package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Moves pixels, as they are, to other places. Several that follow one another are one gather. */
public sealed interface PlaceAugmentation extends Augmentation permits RandomCrop, HorizontalFlip {
    /**
     * Says where the pixels of its output come from. Several augmentations are built from the last to the first, since each looks from its
     * output back to its input.
     *
     * @param source of this augmentation's output
     * @param draws uniform in [0, 1), {@code [batch, draws()]}
     * @return the same pixels' source in this augmentation's input
     */
    PixelSource build(Ops tf, PixelSource source, Operand<TFloat32> draws);
}
