package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** A model whose output is made of {@code images + beta}; beta says the first class, and the last one when it is trained. */
class ExportCheckTest {
    private static final float[] ORIGINAL = {100, 0, 0};
    private static final float[] TRAINED = {0, 0, 100};

    @TempDir
    private Path directory;

    private interface Output {
        Operand<?> build(Ops tf, Operand<TFloat32> images, Operand<TFloat32> beta);
    }

    @Test
    void aClassIdTellsAnotherModel() {
        assertTold(
                (tf, images, beta) -> tf.math.argMax(sum(tf, images, beta), tf.constant(1)), "has 0 in the place of 2");
    }

    @Test
    void halfFloatsTellAnotherModel() {
        assertTold((tf, images, beta) -> tf.dtypes.cast(sum(tf, images, beta), TFloat16.class), "is off by 1");
    }

    @Test
    void bfloatsTellAnotherModel() {
        assertTold((tf, images, beta) -> tf.dtypes.cast(sum(tf, images, beta), TBfloat16.class), "is off by 1");
    }

    @Test
    void doublesTellAnotherModel() {
        assertTold((tf, images, beta) -> tf.dtypes.cast(sum(tf, images, beta), TFloat64.class), "is off by 1");
    }

    private void assertTold(Output output, String difference) {
        var model = write(output);
        assertThatCode(() -> check(model, ORIGINAL)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(model, TRAINED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("output 'given' of the model as written " + difference);
    }

    /** TensorFlow, left to itself, takes .001 for its epsilon. */
    @Test
    void aLayerNormIsComparedAsItIsWritten() {
        write((tf, images, beta) -> {
            var mean = tf.math.mean(images, tf.constant(1), Mean.keepDims(true));
            var variance = tf.math.mean(tf.math.squaredDifference(images, mean), tf.constant(1), Mean.keepDims(true));
            var root = tf.math.rsqrt(sum(tf, variance, tf.constant(1e-6f)));
            var normalised = tf.math.mul(tf.math.sub(images, mean), root);
            return sum(tf, tf.math.mul(normalised, beta), beta);
        });
        var model = ClassifierModel.read(directory.resolve("model"));
        assertThatCode(() -> check(model, ORIGINAL)).doesNotThrowAnyException();
    }

    /** As Python writes it. */
    private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> first, Operand<TFloat32> second) {
        return tf.scope()
                .opBuilder("AddV2", "AddV2")
                .addInput(first.asOutput())
                .addInput(second.asOutput())
                .build()
                .output(0);
    }

    private ClassifierModel write(Output output) {
        var sketch = new ModelSketch();
        var images = sketch.images(-1, 3);
        var layer = sketch.layer("layer");
        var beta = sketch.variable(layer, "beta", true, Shape.of(3), ORIGINAL);
        var given = output.build(layer, images, beta);
        return sketch.write(directory.resolve("model"), given, Map.of("given", given));
    }

    /** The model as it is, as if that were what training has made of it. */
    private void check(ClassifierModel model, float[] beta) {
        var checkpoint = directory.resolve("trained" + beta[0]);
        TrainedCheckpoint.write(model, checkpoint, (tf, variables) -> variables.trainable().stream()
                .map(variable -> variable.buildAssign(tf, tf.constant(beta)))
                .toList());
        ExportCheck.check(model.directory(), model, checkpoint, "student");
    }
}
