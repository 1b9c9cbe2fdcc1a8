package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;

/** Compares a whole network's logits with plain double arithmetic, with random values in every variable but kernels. */
record ForwardCheck(String architecture, int side, int channels) {
    private static final int IMAGES = 2;
    private static final int CLASSES = 5;

    static ForwardCheck of(String architecture, int side, int channels) {
        return new ForwardCheck(architecture, side, channels);
    }

    /** @param reference from the layers and an image to its logits */
    void run(Path directory, BiFunction<ReferenceLayers, double[][][], double[]> reference) {
        var target = directory.resolve(architecture);
        Zoo.create(architecture, CLASSES, List.of(side, side, channels), 3, target);
        var random = new Random(17);
        var images = new float[IMAGES * side * side * channels];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        try (var model = new LoadedModel(target)) {
            randomize(model, random);
            var layers = new ReferenceLayers(model.weights());
            var logits = model.call("serving_default", Shape.of(IMAGES, side, side, channels), images)
                    .get("logits");
            assertThat(logits.shape()).isEqualTo(Shape.of(IMAGES, CLASSES));
            for (int n = 0; n < IMAGES; n++) {
                checkImage(logits.values(), n, reference.apply(layers, imageOf(images, n)));
            }
        }
    }

    private static void checkImage(float[] logits, int n, double[] expected) {
        double largest = IntStream.range(0, CLASSES)
                .mapToDouble(c -> Math.abs(expected[c]))
                .max()
                .orElseThrow();
        for (int c = 0; c < CLASSES; c++) {
            assertThat((double) logits[n * CLASSES + c]).isCloseTo(expected[c], within(1e-5 * Math.max(1, largest)));
        }
    }

    /** Kernels keep their values; what batch norm and biases begin with would hide a mistake. */
    private static void randomize(LoadedModel model, Random random) {
        var all = new LinkedHashMap<String, float[]>();
        model.handles().forEach((name, shape) -> {
            if (!name.endsWith("/kernel")) {
                var values = new float[Math.toIntExact(shape.size())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = 0.5f + random.nextFloat();
                }
                all.put(name, values);
            }
        });
        model.assign(all);
    }

    private double[][][] imageOf(float[] images, int n) {
        var image = new double[side][side][channels];
        for (int i = 0; i < side * side * channels; i++) {
            image[i / channels / side][i / channels % side][i % channels] = images[n * side * side * channels + i];
        }
        return image;
    }
}
