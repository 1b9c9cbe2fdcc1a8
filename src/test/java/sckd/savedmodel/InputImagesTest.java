package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.data.Normalization;

/** Images of a few pixels, whose values are {@code 10·y + x} in the first channel, 100 more in each next. */
class InputImagesTest {
    private static float pixel(int y, int x, int channel) {
        return 10 * y + x + 100 * channel;
    }

    private static InputSettings settings(Optional<ImageSize> size, Optional<ChannelOrder> channels) {
        return new InputSettings(Optional.empty(), Optional.empty(), size, Optional.empty(), channels, Map.of());
    }

    private static float[] build(InputSettings settings, Normalization scaling, int height, int width, int channels) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var values = new float[height * width * channels];
            for (int i = 0; i < values.length; i++) {
                values[i] = pixel(i / channels / width, i / channels % width, i % channels);
            }
            var pixels = tf.reshape(tf.constant(values), tf.constant(new int[] {1, height, width, channels}));
            var images = InputImages.build(tf, settings, scaling, pixels);
            try (var result = session.runner().fetch(images).run()) {
                var found = (TFloat32) result.get(0);
                var floats = new float[Math.toIntExact(found.size())];
                found.asRawTensor().data().asFloats().read(floats);
                return floats;
            }
        }
    }

    /**
     * Output pixel i stands at {@code (i + ½) · in/out − ½} of the input, held within it: bilinear, without antialiasing. {@code 3 → 2} tells it
     * from antialiasing, {@code 2 → 4} from corners that are aligned.
     */
    @ParameterizedTest
    @CsvSource({"2, 2, 4, 4", "3, 4, 2, 2", "4, 6, 3, 5"})
    void resizesAsTensorFlowsPythonDoes(int height, int width, int newHeight, int newWidth) {
        var size = Optional.of(new ImageSize(newHeight, newWidth));
        var found = build(settings(size, Optional.empty()), Normalization.OF_PIXELS, height, width, 1);
        assertThat(found).hasSize(newHeight * newWidth);
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                // the values are linear in y and x, and so is what lies between them
                double expected = 10 * position(y, height, newHeight) + position(x, width, newWidth);
                assertThat((double) found[y * newWidth + x]).isCloseTo(expected, within(1e-4));
            }
        }
    }

    private static double position(int i, int size, int newSize) {
        double exact = (i + .5) * size / newSize - .5;
        return Math.max(0, Math.min(size - 1, exact));
    }

    @Test
    void anotherOrderOfChannelsComesBeforeTheScaling() {
        var scaling = new Normalization(1, List.of(1f, 2f, 3f), List.of(1f, 1f, 2f));
        var found = build(settings(Optional.empty(), Optional.of(ChannelOrder.BGR)), scaling, 1, 1, 3);
        assertThat(found).containsExactly(pixel(0, 0, 2) - 1, pixel(0, 0, 1) - 2, (pixel(0, 0, 0) - 3) / 2);
        var rgb = build(settings(Optional.empty(), Optional.of(ChannelOrder.RGB)), scaling, 1, 1, 3);
        assertThat(rgb).containsExactly(pixel(0, 0, 0) - 1, pixel(0, 0, 1) - 2, (pixel(0, 0, 2) - 3) / 2);
    }

    @Test
    void imagesOfTheStatedSizeStayAsTheyAre() {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var pixels =
                    tf.placeholderWithDefault(tf.zeros(tf.array(1, 2, 3, 1), TFloat32.class), Shape.of(-1, 2, 3, 1));
            InputImages.build(
                    tf, settings(Optional.of(new ImageSize(2, 3)), Optional.empty()), Normalization.OF_PIXELS, pixels);
            assertThat(graph.toGraphDef().getNodeList())
                    .noneMatch(node -> node.getOp().startsWith("Resize"));
        }
    }
}
