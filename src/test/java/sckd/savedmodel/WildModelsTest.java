package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.Shared;
import sckd.autodiff.Gradient;
import sckd.graph.Variable;

/** Models that strangers published, against the outputs that Python TensorFlow recorded of them. */
class WildModelsTest {
    private static final int BATCH = 2;

    @TempDir
    private Path directory;

    /** Images stand as data sets give them, whatever the model takes. */
    @ParameterizedTest
    @CsvSource({
        "keras2-mlp, dense_1, true, 28, 28, 1",
        "module-ondevice, logits, false, 28, 28, 1",
        "keras2-cifar10, dense_1, false, 32, 32, 3",
        "keras2-kws-dscnn, dense, true, 49, 10, 1",
        "keras2-potato, dense_1, true, 256, 256, 3",
        "keras3-digits, output_0, true, 28, 28, 1",
        "keras3-scenes, output_0, true, 150, 150, 3",
        "tf1-softmax, output, false, 28, 28, 1",
        "tf1-teachable-machine, sequential_3, true, 224, 224, 3"
    })
    void theOutputIsTheRecordedOne(String name, String output, boolean isSoftmax, int height, int width, int channels)
            throws IOException {
        var model = ClassifierModel.read(Shared.require("models/wild/" + name));
        var actual = run(model, Shape.of(BATCH, height, width, channels), isSoftmax);

        assertRows(actual, recorded(name).at("/output/" + output + "/first_2_rows_first_16"), BATCH);
    }

    private static void assertRows(float[][] actual, JsonNode expected, int rows) {
        for (int row = 0; row < rows; row++) {
            assertThat(actual[row]).hasSize(expected.get(row).size());
            for (int i = 0; i < actual[row].length; i++) {
                double value = expected.get(row).get(i).doubleValue();
                assertThat((double) actual[row][i])
                        .as("row %d, class %d", row, i)
                        .isCloseTo(value, within(1e-5 * Math.max(1, Math.abs(value))));
            }
        }
    }

    /** Resizing and Rescaling stand before the first variable; ops without gradient in dead functions are no fault. */
    @Test
    void aModelWithPreprocessingInsideIsTrainable() {
        var model = ClassifierModel.read(Shared.require("models/wild/keras2-potato"));
        var inspection = Inspection.of(model.directory());

        assertThat(inspection.faults()).isEmpty();
        assertThat(inspection.withoutGradient()).isEmpty();
        assertThat(model.notes()).isEmpty();
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var images = tf.fill(tf.array(1, 256, 256, 3), tf.constant(.5f));
            var variables = ModelVariables.build(tf, "student", model);
            var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
            var loss = tf.reduceSum(student.logits(), tf.array(0, 1));
            var gradient = Gradient.build(
                    tf,
                    loss,
                    variables.trainable().stream().map(Variable::value).toList());

            assertThat(gradient.components()).hasSize(16).allMatch(Optional::isPresent);
        }
    }

    /** Its graph loaded again is compared with the trained program inside. */
    @ParameterizedTest
    @CsvSource({"keras2-mlp", "module-ondevice", "tf1-softmax", "tf1-teachable-machine", "keras3-digits"})
    void itIsExportedAsAStudent(String name) {
        var model = ClassifierModel.read(Shared.require("models/wild/" + name));
        var checkpoint = directory.resolve("trained");
        TrainedCheckpoint.write(model, checkpoint);
        StudentExport.write(model, checkpoint, "student", directory.resolve("exported"));

        assertThat(ClassifierModel.read(directory.resolve("exported")).logits()).isEqualTo(model.logits());
    }

    /** Its constants reshape to six rows. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 7})
    void aGraphMadeForSixImagesTakesAnyNumber(int batch) throws IOException {
        var directory = Shared.require("models/wild/onnx-lenet");
        var model = ClassifierModel.read(directory);
        assertThat(model.fixedBatch()).isEmpty();
        assertThat(model.notes())
                .containsExactly(
                        "The model's batch was fixed at 6; its graph is rewritten to take any number of images.");
        assertThat(Inspection.of(directory).faults()).isEmpty();
        assertThat(Inspection.of(directory).notes()).isEqualTo(model.notes());

        var actual = run(model, Shape.of(batch, 28, 28, 1), false);
        assertThat(actual).hasDimensions(batch, 10);
        assertRows(actual, recorded("onnx-lenet").at("/output/output/first_2_rows_first_16"), Math.min(batch, 2));
        if (batch == 6) {
            double sum = 0;
            for (var row : actual) {
                for (float value : row) {
                    sum += value;
                }
            }
            assertThat(sum)
                    .isCloseTo(recorded("onnx-lenet").at("/output/output/sum").doubleValue(), within(1e-4));
        }
    }

    private static JsonNode recorded(String name) throws IOException {
        var file = Shared.require("models/wild/golden.json").toFile();
        return new ObjectMapper().readTree(file).get(name);
    }

    private static float[][] run(ClassifierModel model, Shape shape, boolean isSoftmax) {
        var pixels = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (i * 7919L % 1000) / 1000f;
        }
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(shape, DataBuffers.of(pixels));
            var logits = ModelInstance.buildFrozen(tf, "model", model, images, List.of())
                    .logits();
            try (var result = session.runner()
                    .fetch(isSoftmax ? tf.nn.softmax(logits) : logits)
                    .run()) {
                return StdArrays.array2dCopyOf((TFloat32) result.get(0));
            }
        }
    }
}
