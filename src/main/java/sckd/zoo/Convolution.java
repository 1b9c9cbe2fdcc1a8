package sckd.zoo;

/**
 * A square convolution with as much zero padding on every side as keeps the size at stride 1: {@code size / 2}, rounded down.
 *
 * @param size height and width of the kernel, odd
 * @param filters channels of the result
 * @param init whose variance the initial kernel keeps
 */
record Convolution(int size, int filters, int stride, Bias bias, Init init) {
    /** Whether a learned constant is added to each channel. */
    enum Bias {
        NONE,
        ADDED
    }

    /**
     * He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015, arXiv:1502.01852: normal with variance {@code 2 / fan}, which keeps the
     * size of the signal forward (fan in: size² · input channels) or of the gradient backward (fan out: size² · filters).
     */
    enum Init {
        FAN_IN,
        FAN_OUT
    }
}
