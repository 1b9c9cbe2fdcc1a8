package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A random change of a training image, keyed by (seed, epoch, sample index): the same whatever the batch or the thread count. A new one is
 * one record and its name below.
 */
public sealed interface Augmentation permits RandomCrop, HorizontalFlip {
    /** How many random numbers an image takes in an epoch. */
    int draws();

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
