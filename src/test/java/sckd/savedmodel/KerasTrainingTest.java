package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import sckd.Shared;
import sckd.graph.SessionRuns;

/** What Keras 2 leaves beside a model's signature: its call for training, and the settings of its layers. */
class KerasTrainingTest {
    private static final String NORM =
            "{\"class_name\": \"BatchNormalization\", \"config\": {\"name\": \"norm\", \"momentum\": 0.75}}";
    private static final String DROPOUT =
            "{\"class_name\": \"SpatialDropout2D\", \"config\": {\"name\": \"drop\", \"rate\": 0.25}}";
    private static final String OF_DEFAULT_MOMENTUM =
            "The momentum of its batch norms is not in the file; they are trained with 0.99"
                    + " (batchNormMomentum states another).";

    @TempDir
    private Path directory;

    private final KerasModel keras = new KerasModel();

    private TrainingMode training() {
        return ClassifierModel.read(keras.write(directory)).training();
    }

    @Test
    void theCallForTrainingIsUsedWithItsSideEffects() {
        var model = ClassifierModel.read(keras.write(directory));
        var images = new float[32];
        Arrays.fill(images, 0, 16, 1);
        Arrays.fill(images, 16, 32, 4);
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = ModelVariables.build(tf, "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            var student = ModelInstance.buildTraining(
                    tf,
                    "student",
                    model,
                    variables,
                    tf.constant(Shape.of(2, 4, 4, 1), DataBuffers.of(images)),
                    List.of());
            var logits = GraphRun.floats(session, List.of(student.logits()), student.updates())
                    .get(0);
            float unit = (float) (1.5 / Math.sqrt(1.001)); // the means are 1 and 4, that of the batch is 2.5
            assertThat(logits).usingComparatorWithPrecision(1e-5f).containsExactly(-unit, -2 * unit, unit, 2 * unit);
            assertThat(GraphRun.floats(
                            session,
                            variables.byHandle().get("layer/moving_mean").value()))
                    .containsExactly(2.5f);
        }
        assertThat(model.training().program().orElseThrow().origin()).isEqualTo("call for training");
        assertThat(model.training().notes())
                .containsExactly("It is trained by its own call for training,"
                        + " with whatever batch norm, dropout and augmentation that has.");
    }

    @Test
    void aBooleanThatIsNotCalledTrainingIsNotIt() {
        keras.argument = "flip";
        assertThat(training().program()).isEmpty();
    }

    @Test
    void aCallWithTwoTensorsIsNotIt() {
        keras.trainingArguments = KerasModel.tuple(KerasModel.images(), KerasModel.images(), KerasModel.bool(true));
        assertThat(training().program()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void theMomentumOfALayerIsReadFromEitherPlaceOfItsMetadata(boolean isOld) {
        keras.argument = "no training";
        keras.layerMetadata = isOld ? NORM : "";
        keras.write(directory);
        if (!isOld) {
            KerasModel.writeMetadata(directory, Map.of(0, "{}", KerasModel.LAYER, NORM));
        }
        assertThat(ClassifierModel.read(directory).training())
                .isEqualTo(new TrainingMode(Optional.empty(), Map.of("layer/moving_mean", .75f), List.of()));
    }

    @Test
    void aLayersOwnMomentumMovesItsAverage() {
        keras.argument = "no training";
        keras.layerMetadata = NORM;
        var model = ClassifierModel.read(keras.write(directory));
        assertThat(moved(model)).containsExactly(.75f * 3 + .25f);
        assertThat(moved(model.withBatchNormMomentum(.5f))).containsExactly(.5f * 3 + .5f);
    }

    /** The moving mean, 3, after a step with images that are all 1. */
    private static float[] moved(ClassifierModel model) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = ModelVariables.build(tf, "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            var images = tf.fill(tf.array(2, 4, 4, 1), tf.constant(1f));
            var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
            SessionRuns.run(session, student.updates());
            return GraphRun.floats(
                    session, variables.byHandle().get("layer/moving_mean").value());
        }
    }

    @Test
    void dropoutThatIsLostIsSaid() {
        keras.argument = "no training";
        keras.layerMetadata = DROPOUT;
        assertThat(training().notes())
                .containsExactly(
                        OF_DEFAULT_MOMENTUM,
                        "Its dropout (drop 0.25) is not in an inference graph: it is trained without.");
    }

    @ParameterizedTest
    @CsvSource({"'\u0008', no protobuf", "'\n\u0004*\u0002{]', no JSON"})
    void damagedMetadataAreAsNone(String bytes, String what) throws Exception {
        keras.argument = "no training";
        keras.write(directory);
        Files.writeString(directory.resolve("keras_metadata.pb"), bytes);
        assertThat(ClassifierModel.read(directory).training().notes()).as(what).containsExactly(OF_DEFAULT_MOMENTUM);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet20-cifar10, 38",
        "wild/keras2-kws-dscnn, 18",
        "wild/keras2-mlp, 0", // dropout alone
        "wild/keras2-potato, 2", // the states of two generators, for its augmentation
    })
    void publishedModelsAreTrainedByTheirOwnCall(String name, int updates) {
        var model = ClassifierModel.read(Shared.require("models/" + name));
        var program = model.training().program().orElseThrow();
        assertThat(program.origin()).isEqualTo("call for training");
        assertThat(program.updates()).hasSize(updates);
        assertThat(program.features().keySet())
                .containsExactlyElementsOf(model.features().keySet());
    }
}
