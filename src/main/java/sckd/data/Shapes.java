package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The generated data set {@code shapes}: 32×32 colour images of ten figures at random places, sizes and angles, in random colours, over a
 * textured background, with clutter, partly hidden, with noise. Image {@code index} of a split shows figure {@code index mod 10} and follows
 * from (seed, split, index) alone, the same on every platform; a smaller set is the beginning of a larger one.
 */
record Shapes(int trainImages, int testImages, long seed) implements DataSets.Reader {
    private static final int TRAIN = 0;
    private static final int TEST = 1;
    /** Mean and standard deviation of its pixels. */
    private static final Normalization NORMALIZATION =
            new Normalization(List.of(.336f, .336f, .336f), List.of(.180f, .180f, .180f));

    Shapes {
        checkArgument(trainImages > 0, "train images are %s; expected more than 0", trainImages);
        checkArgument(testImages > 0, "test images are %s; expected more than 0", testImages);
    }

    @Override
    public boolean needsFiles() {
        return false;
    }

    @Override
    public DataSet read(Path path) {
        var classes = Arrays.stream(Figure.values()).map(Figure::label).toList();
        return new DataSet("shapes", classes, paint(TRAIN, trainImages), paint(TEST, testImages), NORMALIZATION);
    }

    private ImageSet paint(int split, int count) {
        var images = ImageSet.allocate(count, ShapePainter.SIZE, ShapePainter.SIZE, ShapePainter.CHANNELS);
        var figures = Figure.values();
        for (int index = 0; index < count; index++) {
            int label = index % figures.length;
            images.labels()[index] = label;
            var painter = new ShapePainter(KeyedRandom.of(KeyedRandom.Use.SHAPES, seed, split, index));
            painter.paint(figures[label], images.pixels(), index * images.imageBytes());
        }
        return images;
    }
}
