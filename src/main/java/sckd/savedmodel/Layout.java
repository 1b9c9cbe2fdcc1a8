package sckd.savedmodel;

/** The order of the axes of a model's images. */
public enum Layout {
    /** {@code [batch, height, width, channels]}, that of TensorFlow and of our data sets. */
    NHWC,
    /** {@code [batch, channels, height, width]}, that of PyTorch and ONNX. */
    NCHW
}
