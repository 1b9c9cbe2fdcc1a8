package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;

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

    /** Training images and those held out of training. */
    public record HoldOut(ImageSet train, ImageSet heldOut) {}

    /** Room for {@code images} images, black and of class 0, to be filled. */
    static ImageSet allocate(int images, int height, int width, int channels) {
        return new ImageSet(
                new byte[Math.multiplyExact(images, height * width * channels)],
                new int[images],
                height,
                width,
                channels);
    }

    public int size() {
        return labels.length;
    }

    /** Bytes of one image. */
    int imageBytes() {
        return height * width * channels;
    }

    /** The first {@code count} images, in their order. */
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

    /**
     * Holds {@code count} images out, drawn at random by {@code seed} without regard to their classes; both parts keep the order that the
     * images have here.
     */
    public HoldOut holdOut(int count, long seed) {
        checkArgument(count >= 0 && count <= size(), "%s images to hold out; expected 0 to %s", count, size());
        var order = KeyedRandom.of(KeyedRandom.Use.HOLD_OUT, seed).nextPermutation(size());
        return new HoldOut(
                select(Arrays.copyOfRange(order, count, size())), select(Arrays.copyOfRange(order, 0, count)));
    }

    private ImageSet select(int[] indices) {
        Arrays.sort(indices);
        var selected = allocate(indices.length, height, width, channels);
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * imageBytes(), selected.pixels, i * imageBytes(), imageBytes());
            selected.labels[i] = labels[indices[i]];
        }
        return selected;
    }
}
