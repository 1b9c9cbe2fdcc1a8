package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

class ProbeShapeTest {
    private static final int KERNEL = 40;

    @TempDir
    private Path directory;

    /** One convolution of 40x40 without padding, of one channel, and the mean of what it makes. */
    private ClassifierModel write(long... shape) {
        var sketch = new ModelSketch();
        var tf = sketch.tf();
        var images = sketch.images(shape);
        var ones = new float[KERNEL * KERNEL * 2];
        var kernel = sketch.variable(sketch.layer("conv"), "kernel", true, Shape.of(KERNEL, KERNEL, 1, 2), ones);
        var maps = tf.nn.conv2d(images, kernel, List.of(1L, 1L, 1L, 1L), "VALID");
        var logits = tf.math.mean(maps, tf.constant(new int[] {1, 2}));
        return sketch.write(directory, logits, Map.of("logits", logits));
    }

    @Test
    void isLargeEnoughAndOfTheChannelsThatTheModelTakes() {
        assertThat(ProbeShape.find(write(-1, -1, -1, -1))).isEqualTo(Shape.of(4, 64, 64, 1));
    }

    @Test
    void keepsWhatTheSignatureFixes() {
        assertThat(ProbeShape.find(write(6, 50, -1, 1))).isEqualTo(Shape.of(6, 50, 64, 1));
    }

    @Test
    void isOfTheStatedSize() {
        var model = write(-1, -1, -1, 1);
        var open = new ClassifierModel(
                directory,
                model.graph(),
                new ModelInput("images", DataType.DT_FLOAT, Shape.unknown()),
                model.logits(),
                model.outputs(),
                model.features(),
                model.variables(),
                model.card(),
                model.settings()
                        .withInput(new InputSettings(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new ImageSize(48, 56)),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of())),
                TrainingMode.UNKNOWN,
                model.notes());
        assertThat(ProbeShape.find(open)).isEqualTo(Shape.of(4, 48, 56, 1));
    }
}
