package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;

/**
 * Labelled images in memory, all of one size.
 *
 * @param pixels uint8, NHWC, row by row, {@code labels.length × height × width × channels} bytes
 * @param labels class ids, from 0
 */
public record ImageSet(byte[] pixels, int[] labels, int height, int width, int channels) implements LabelledImages {
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

    /** Room for {@code images} images, black and of class 0, to be filled. */
    static ImageSet allocate(int images, int height, int width, int channels) {
        return new ImageSet(
                new byte[Math.multiplyExact(images, height * width * channels)],
                new int[images],
                height,
                width,
                channels);
    }

    @Override
    public ImageSet head(int count) {
        checkArgument(count >= 0 && count <= size(), "head of %s images; expected 0 to %s", count, size());
        return count == size()
                ? this
                : new ImageSet(
                        Arrays.copyOf(pixels, count * imageBytes()),
                        Arrays.copyOf(labels, count),
                        height,
                        width,
                        channels);
    }

    @Override
    public boolean streamed() {
        return false;
    }

    @Override
    public ImageSet inMemory() {
        return this;
    }

    @Override
    public ImageStatistics statistics() {
        return ImageStatistics.of(this);
    }

    @Override
    public ImageSet select(int[] indices) {
        var selected = allocate(indices.length, height, width, channels);
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * imageBytes(), selected.pixels, i * imageBytes(), imageBytes());
            selected.labels[i] = labels[indices[i]];
        }
        return selected;
    }
}
