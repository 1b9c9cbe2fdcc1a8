package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Labelled images in memory, all of one size.
 *
 * @param pixels uint8, NHWC, row by row, {@code labels.length × height × width × channels} bytes
 * @param labels class ids, from 0
 */
public record ImageSet(byte[] pixels, int[] labels, int height, int width, int channels) {
    public ImageSet {
        checkArgument(
                pixels.length == (long) labels.length * height * width * channels,
                "%s bytes for %s images of %sx%sx%s",
                pixels.length,
                labels.length,
                height,
                width,
                channels);
    }

    public int size() {
        return labels.length;
    }
}
