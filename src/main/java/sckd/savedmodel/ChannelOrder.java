package sckd.savedmodel;

/** The order of the channels of a model's images. Our data sets have RGB. */
public enum ChannelOrder {
    RGB,
    BGR
}
