package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sckd.UserException;

/**
 * Labelled images that are read from their files when they are needed.
 *
 * @param labels class ids, from 0, one for each image
 * @param frame the size that they are brought to
 */
record ImageFiles(List<EncodedImage> images, int[] labels, ImageFrame frame) implements LabelledImages {
    /** More than these bytes in one array is more than Java can hold, and a sixth of the memory of the smaller GPUs. */
    static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    private static final int IMAGES_MEASURED = 2048;
    private static final long BYTES_MEASURED = 1 << 28;

    ImageFiles {
        checkArgument(images.size() == labels.length, "%s images and %s labels", images.size(), labels.length);
        images = List.copyOf(images);
    }

    long bytes() {
        return (long) imageBytes() * size();
    }

    @Override
    public int height() {
        return frame.height();
    }

    @Override
    public int width() {
        return frame.width();
    }

    @Override
    public int channels() {
        return frame.channels();
    }

    @Override
    public boolean streamed() {
        return true;
    }

    @Override
    public ImageFiles head(int count) {
        checkArgument(count >= 0 && count <= size(), "head of %s images; expected 0 to %s", count, size());
        return select(IntStream.range(0, count).toArray());
    }

    @Override
    public ImageFiles select(int[] indices) {
        return new ImageFiles(
                Arrays.stream(indices).mapToObj(images::get).toList(),
                Arrays.stream(indices).map(i -> labels[i]).toArray(),
                frame);
    }

    /** Reads and decodes all, on all processors. */
    @Override
    public ImageSet inMemory() {
        if (bytes() > MOST_BYTES) {
            throw new UserException(
                    "%,d images of %sx%sx%s need %.1f GiB; expected at most 2.0: set a smaller data.images.size"
                            .formatted(size(), height(), width(), channels(), bytes() / (double) (1 << 30)));
        }
        var set = ImageSet.allocate(size(), height(), width(), channels());
        System.arraycopy(labels, 0, set.labels(), 0, labels.length);
        try (var decoder = new ImageDecoder(channels())) {
            var middle = ImageWindow.middle(frame);
            IntStream.range(0, size())
                    .parallel()
                    .forEach(i -> decoder.read(images.get(i), frame, middle, set.pixels(), i * imageBytes()));
        }
        return set;
    }

    /** Of at most 2,048 images, spread evenly; fewer where they are large. */
    @Override
    public ImageStatistics statistics() {
        int count = (int) Math.max(1, Math.min(Math.min(size(), IMAGES_MEASURED), BYTES_MEASURED / imageBytes()));
        var spread = IntStream.range(0, count)
                .map(i -> (int) ((long) i * size() / count))
                .toArray();
        return ImageStatistics.of(select(spread).inMemory());
    }
}
