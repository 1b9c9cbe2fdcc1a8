package sckd.data;

/** Pads the image with zeros (black, before normalisation) on every side and cuts a window of the original size at a uniform place. */
public record RandomCrop(int padding) implements Augmentation {}
