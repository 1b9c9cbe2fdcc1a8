package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;

/** Whole networks against plain double arithmetic, with random values in every variable, batch norm's as well. */
class ForwardTest {
    private static final int SIDE = 9; // odd: pools drop a row, strided convolutions end in one

    @TempDir
    Path directory;

    @Test
    void plainCnnAgreesWithTheReference() {
        checkLogits("plain-cnn-2", 1, (layers, image) -> {
            var first = ReferenceLayers.relu(layers.convAndNorm("stage1/conv1", image, 3, 16, 1));
            var second =
                    ReferenceLayers.relu(layers.convAndNorm("stage2/conv1", ReferenceLayers.maxPool(first), 3, 16, 1));
            return layers.dense("classifier", ReferenceLayers.flatten(ReferenceLayers.maxPool(second)));
        });
    }

    @Test
    void hiddenDenseLayerAgreesWithTheReference() {
        checkLogits("plain-cnn-8", 16, 3, (layers, image) -> {
            var x = image;
            int[] filters = {16, 32, 64, 128};
            for (int s = 1; s <= 4; s++) {
                for (int c = 1; c <= 2; c++) {
                    var scope = "stage" + s + "/conv" + c;
                    x = ReferenceLayers.relu(layers.convAndNorm(scope, x, 3, filters[s - 1], 1));
                }
                x = ReferenceLayers.maxPool(x);
            }
            var hidden = layers.dense("dense1", ReferenceLayers.flatten(x));
            for (int u = 0; u < hidden.length; u++) {
                hidden[u] = Math.max(hidden[u], 0);
            }
            return layers.dense("classifier", hidden);
        });
    }

    @Test
    void resNetAgreesWithTheReference() {
        checkLogits("resnet8", 3, (layers, image) -> {
            var x = ReferenceLayers.relu(layers.convAndNorm("stem", image, 3, 16, 1));
            int[] filters = {16, 32, 64};
            for (int s = 1; s <= 3; s++) {
                var block = "stage" + s + "/block1";
                int stride = s == 1 ? 1 : 2;
                var first = ReferenceLayers.relu(layers.convAndNorm(block + "/conv1", x, 3, filters[s - 1], stride));
                var residual = layers.convAndNorm(block + "/conv2", first, 3, filters[s - 1], 1);
                var shortcut = s == 1 ? x : layers.convAndNorm(block + "/shortcut", x, 1, filters[s - 1], stride);
                x = ReferenceLayers.relu(ReferenceLayers.add(residual, shortcut));
            }
            return layers.dense("classifier", ReferenceLayers.mean(x));
        });
    }

    private void checkLogits(String name, int channels, BiFunction<ReferenceLayers, double[][][], double[]> reference) {
        checkLogits(name, SIDE, channels, reference);
    }

    private void checkLogits(
            String name, int side, int channels, BiFunction<ReferenceLayers, double[][][], double[]> reference) {
        var target = directory.resolve(name);
        Zoo.create(name, 5, List.of(side, side, channels), 3, target);
        var random = new Random(17);
        var images = new float[2 * side * side * channels];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        try (var model = new LoadedModel(target)) {
            randomize(model, random);
            var layers = new ReferenceLayers(model.weights());
            var logits = model.call("serving_default", Shape.of(2, side, side, channels), images)
                    .get("logits");
            assertThat(logits.shape()).isEqualTo(Shape.of(2, 5));
            for (int n = 0; n < 2; n++) {
                var expected = reference.apply(layers, imageOf(images, n, side, channels));
                for (int c = 0; c < 5; c++) {
                    assertThat((double) logits.values()[n * 5 + c])
                            .isCloseTo(expected[c], within(1e-5 * Math.max(1, Math.abs(expected[c]))));
                }
            }
        }
    }

    /** Kernels keep their values; what batch norm and biases begin with would hide a mistake. */
    private static void randomize(LoadedModel model, Random random) {
        model.handles().forEach((name, shape) -> {
            if (!name.endsWith("/kernel")) {
                var values = new float[Math.toIntExact(shape.size())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = 0.5f + random.nextFloat();
                }
                model.assign(name, values);
            }
        });
    }

    private static double[][][] imageOf(float[] images, int n, int side, int channels) {
        var image = new double[side][side][channels];
        for (int i = 0; i < side * side * channels; i++) {
            image[i / channels / side][i / channels % side][i % channels] = images[n * side * side * channels + i];
        }
        return image;
    }
}
