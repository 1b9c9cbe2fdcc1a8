package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;
import sckd.UserException;
import sckd.data.Normalization;
import sckd.graph.SessionRuns;
import sckd.graph.VariableBundle;

/** Models of 12 values an image, {@code [1, 2, 2, 3]} or {@code [1, 3, 4, 1]}; each logit adds the values in its order with a weight. */
class ImageInputTest {
    private static final int VALUES = 12;

    @TempDir
    private Path directory;

    /** Beside the model. */
    @TempDir
    private Path other;

    @Test
    void imagesOfOneChannelFitAnInputWithoutChannels() {
        var model = write(TFloat32.class, -1, 3, 4);
        assertThat(logits(model, Shape.of(1, 3, 4, 1), 0)).containsExactly(expected(0));
    }

    @Test
    void imagesFitAFlatInputRowByRow() {
        var model = write(TFloat32.class, -1, VALUES);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), .5f)).containsExactly(expected(.5));
    }

    @Test
    void sizesThatTheSignatureLeavesOpenFit() {
        var model = write(TFloat32.class, -1, -1, -1, 3);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0)).containsExactly(expected(0));
    }

    /** Channel 0 of all pixels comes first: value {@code 3p + c} stands at place {@code 4c + p}. */
    @Test
    void imagesAreTransposedForAnInputOfChannelsFirst() {
        var model = write(TFloat32.class, -1, 3, 2, 2);
        float weighted = 0;
        for (int p = 0; p < 4; p++) {
            for (int c = 0; c < 3; c++) {
                weighted += (4 * c + p) * (3 * p + c);
            }
        }
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0)).containsExactly(weighted, expected(0)[1]);
    }

    @Test
    void aBatchThatOnlyTheSignatureFixesIsOpen() {
        var model = write(TFloat32.class, 6, 2, 2, 3);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0)).containsExactly(expected(0));
    }

    @Test
    void pixelsAreRoundedToBytes() {
        var model = write(TUint8.class, -1, 2, 2, 3);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 243.9999f)).containsExactly(expected(244));
    }

    @ParameterizedTest
    @CsvSource({"3, 4, 3, '[?, 3, 4]'", "4, 3, 1, '[?, 3, 4]'", "3, 5, 1, '[?, 12]'", "2, 3, 3, '[?, 12]'"})
    void imagesOfAnotherSizeAreRefused(int height, int width, int channels, String input) {
        var model = input.contains("12") ? write(TFloat32.class, -1, VALUES) : write(TFloat32.class, -1, 3, 4);
        assertThatThrownBy(() -> logits(model, Shape.of(1, height, width, channels), 0))
                .isInstanceOf(UserException.class)
                .hasMessage("images are [1, %d, %d, %d]; %s takes %s; use images of that size or another model"
                        .formatted(height, width, channels, directory, input));
    }

    @Test
    void aModelThatTakesBytesHasNoScaling() {
        var model = write(TUint8.class, -1, 2, 2, 3);
        var normal = new Normalization(List.of(.5f, .5f, .5f), List.of(.2f, .2f, .2f));

        assertThat(model.chooseScaling(Optional.empty(), normal)).isEqualTo(Normalization.ofPixels(3));
        var stated = Optional.of(normal);
        assertThatThrownBy(() -> model.chooseScaling(stated, normal))
                .isInstanceOf(UserException.class)
                .hasMessage(directory
                        + ": mean and std are given, but its input 'images' takes pixels (DT_UINT8); leave them out");
        assertThatThrownBy(() -> InputScaling.check(normal, model.input()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "the input 'images' is DT_UINT8, which takes the pixels as they are; leave mean and std out");
    }

    @Test
    void aScalingHasAValueForEachChannelOfTheInput() {
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 3, 4), 1)).isTrue();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 3, 4), 3)).isFalse();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 784), 3)).isFalse();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 784), 1)).isTrue();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 3072), 3)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"FLAT", "BYTES"})
    void aStudentIsExportedWithItsOwnInput(String kind) {
        var model = kind.equals("FLAT") ? write(TFloat32.class, -1, VALUES) : write(TUint8.class, -1, 2, 2, 3);
        var checkpoint = other.resolve("trained");
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var variables = ModelVariables.build(Ops.create(graph), "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            VariableBundle.build(
                            Ops.create(graph), List.copyOf(variables.byHandle().values()))
                    .save(session, checkpoint);
        }
        var target = other.resolve("exported");
        StudentExport.write(model, checkpoint, "student", target); // compares the outputs itself

        var written = new ClassifierModel(
                target,
                model.graph(),
                model.input(),
                model.logits(),
                model.outputs(),
                model.features(),
                model.variables(),
                model.card(),
                model.notes());
        assertThat(logits(written, Shape.of(1, 2, 2, 3), 2)).containsExactly(expected(2));
    }

    private <T extends TType> ClassifierModel write(Class<T> type, long... shape) {
        var sketch = new ModelSketch();
        var tf = sketch.tf();
        Operand<T> images = sketch.images(type, shape);
        var floats =
                ModelProgram.buildCast(tf, images, DataType.DT_FLOAT).asOutput().expect(TFloat32.class);
        var flat = tf.reshape(floats, tf.constant(new int[] {-1, VALUES}));
        var weights = new float[2 * VALUES];
        for (int i = 0; i < VALUES; i++) {
            weights[2 * i] = i;
            weights[2 * i + 1] = 1;
        }
        var kernel = sketch.variable(sketch.layer("dense"), "kernel", true, Shape.of(VALUES, 2), weights);
        var logits = tf.withName("logits").linalg.matMul(flat, kernel);
        return sketch.write(directory, logits, Map.of("logits", logits));
    }

    /** Of the image {@code offset, offset + 1, ...}: {@code Σ i · (offset + i)} and {@code Σ (offset + i)}. */
    private static float[] expected(double offset) {
        double weighted = 0;
        double sum = 0;
        for (int i = 0; i < VALUES; i++) {
            weighted += i * (offset + i);
            sum += offset + i;
        }
        return new float[] {(float) weighted, (float) sum};
    }

    private static float[] logits(ClassifierModel model, Shape shape, float offset) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var values = new float[Math.toIntExact(shape.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = offset + i;
            }
            var images =
                    tf.placeholderWithDefault(tf.reshape(tf.constant(values), tf.constant(shape.asArray())), shape);
            var logits = ModelInstance.buildFrozen(tf, "model", model, images, List.of())
                    .logits();
            try (var result = session.runner().fetch(logits).run()) {
                var found = (TFloat32) result.get(0);
                return new float[] {found.getFloat(0, 0), found.getFloat(0, 1)};
            }
        }
    }
}
