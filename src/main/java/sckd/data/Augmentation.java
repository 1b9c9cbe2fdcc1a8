package sckd.data;

/** A random change of a training image, keyed by (seed, epoch, sample index): the same whatever the batch or the thread count. */
public sealed interface Augmentation permits RandomCrop, HorizontalFlip {}
