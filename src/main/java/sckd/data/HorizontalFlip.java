package sckd.data;

/** Mirrors the image left to right with probability one half. */
public record HorizontalFlip() implements Augmentation {}
