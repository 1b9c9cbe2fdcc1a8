package sckd.zoo;

/**
 * A square convolution with as much zero padding on every side as keeps the size at stride 1: {@code size / 2}, rounded down.
 *
 * @param size height and width of the kernel, odd
 * @param filters channels of the result
 */
public record Convolution(int size, int filters, int stride, Bias bias, Init init) {
    /** Whether a learned constant is added to each channel. */
    public enum Bias {
        NONE,
        ADDED
    }
}
