package sckd.data;

/**
 * A random change of a training image, keyed by (seed, epoch, sample index): the same whatever the batch or the thread count. A new one is
 * one record of one of the three kinds and its name below: one that moves pixels, one that changes their values, one that mixes two images.
 */
public sealed interface Augmentation permits PlaceAugmentation, PixelAugmentation, MixAugmentation {
    /** How many random numbers an image takes in an epoch. */
    int draws();
}
