package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.graph;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.shape;
import static sckd.savedmodel.GraphText.type;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/**
 * A graph with all that a stranger may have left open: images beside a training flag, a share to keep, a rate and labels; several outputs.
 * Of images whose mean is m its {@code plain} is [2m, −m], and {@code logits} is 10 times that while training, else {@code keep} times it.
 */
class StatedModelTest {
    private static final float MEAN = 3;

    @TempDir
    private Path directory;

    private final Map<String, TensorInfo> inputs = new TreeMap<>(Map.of("x", SmallModel.info("images:0", -1, 4, 4, 1)));
    private final Map<String, TensorInfo> outputs = new TreeMap<>();

    private static TensorInfo info(String tensor, DataType dtype, long... shape) {
        return SmallModel.info(tensor, shape).toBuilder().setDtype(dtype).build();
    }

    private static List<NodeDef> nodes() {
        var bool = Map.of("dtype", type(DataType.DT_BOOL), "shape", shape());
        return new ArrayList<>(List.of(
                placeholder("images", -1, 4, 4, 1),
                node("flag", "Placeholder", bool),
                placeholder("keep_prob"),
                placeholder("rate"),
                placeholder("labels", -1, 2),
                constant("axes", GraphText.ints(1, 2)),
                node("mean", "Mean", Map.of("Tidx", type(DataType.DT_INT32)), "images", "axes"),
                constant("ten", floatScalar(10)),
                constant("minus", floatScalar(-1)),
                constant("axis", GraphText.intScalar(1)),
                node("double", "Add", "mean", "mean"),
                node("negative", "Mul", "mean", "minus"),
                node(
                        "plain",
                        "ConcatV2",
                        Map.of("N", GraphText.integer(2), "Tidx", type(DataType.DT_INT32)),
                        "double",
                        "negative",
                        "axis"),
                node("trained", "Mul", "plain", "ten"),
                node("kept", "Mul", "plain", "keep_prob"),
                node("scores", "SelectV2", "flag", "trained", "kept"),
                node("rated", "Mul", "plain", "rate"),
                node("probabilities", "Softmax", "plain"),
                node("loss", "Sub", "plain", "labels")));
    }

    private ClassifierModel read(ModelSettings stated) {
        write();
        return ClassifierModel.read(directory, stated);
    }

    private void write() {
        SmallModel.write(directory, metaGraph().build());
    }

    private MetaGraphDef.Builder metaGraph() {
        var signature = SignatureDef.newBuilder()
                .setMethodName(SmallModel.PREDICT)
                .putAllInputs(inputs)
                .putAllOutputs(outputs);
        return SmallModel.metaGraph(graph(List.of(), nodes().toArray(NodeDef[]::new)))
                .putSignatureDef("serving_default", signature.build());
    }

    private static ModelSettings output(String name) {
        return new ModelSettings(
                Optional.empty(),
                Optional.empty(),
                InputSettings.NONE,
                Optional.of(name),
                List.of(),
                Optional.empty(),
                Set.of());
    }

    private static ModelSettings input(String name) {
        return ModelSettings.NONE.withInput(new InputSettings(
                Optional.of(name), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of()));
    }

    private static float[] logits(ClassifierModel model) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.fill(tf.array(1, 4, 4, 1), tf.constant(MEAN));
            var logits = ModelInstance.buildFrozen(tf, "model", model, images, List.of())
                    .logits();
            try (var result = session.runner().fetch(logits).run()) {
                var found = (TFloat32) result.get(0);
                return new float[] {found.getFloat(0, 0), found.getFloat(0, 1)};
            }
        }
    }

    @Test
    void aTrainingFlagIsFalseAndAllIsKept() {
        inputs.put("training", info("flag:0", DataType.DT_BOOL));
        inputs.put("keep", info("keep_prob:0", DataType.DT_FLOAT));
        outputs.put("out", SmallModel.info("scores:0", -1, 2));
        var model = read(ModelSettings.NONE);
        assertThat(logits(model)).containsExactly(2 * MEAN, -MEAN);
        assertThat(model.notes())
                .containsExactlyInAnyOrder(
                        "The input 'flag' has no default; it is fed false.",
                        "The input 'keep_prob' has no default; it is fed 1.");
    }

    @Test
    void anInputThatNoOutputNeedsIsLeftAlone() {
        inputs.put("training", info("flag:0", DataType.DT_BOOL));
        outputs.put("out", SmallModel.info("plain:0", -1, 2));
        assertThat(read(ModelSettings.NONE).notes()).isEmpty();
    }

    @Test
    void anotherScalarIsRefused() {
        inputs.put("rate", info("rate:0", DataType.DT_FLOAT));
        outputs.put("out", SmallModel.info("rated:0", -1, 2));
        write();
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb")
                        + ": the input 'rate' (DT_FLOAT []) has no default, and what inference gives it is not plain;"
                        + " state a number for it (`input: {others: {rate: ...}}`, --feed rate=...)");
        var model = ClassifierModel.read(directory, others(Map.of("rate", .25)));
        assertThat(logits(model)).containsExactly(.5f * MEAN, -.25f * MEAN);
        assertThat(model.notes()).containsExactly("The input 'rate' is fed 0.25, as is stated.");
    }

    @Test
    void aNumberThatIsStatedWinsOverWhatIsPlain() {
        inputs.put("training", info("flag:0", DataType.DT_BOOL));
        inputs.put("keep", info("keep_prob:0", DataType.DT_FLOAT));
        outputs.put("out", SmallModel.info("scores:0", -1, 2));
        var training = read(others(Map.of("training", 1d)));
        assertThat(logits(training)).containsExactly(20 * MEAN, -10 * MEAN);
        assertThat(training.notes())
                .containsExactlyInAnyOrder(
                        "The input 'training' is fed true, as is stated.",
                        "The input 'keep_prob' has no default; it is fed 1.");
        assertThat(logits(read(others(Map.of("keep", .5))))).containsExactly(MEAN, -.5f * MEAN);
    }

    @Test
    void anInputThatIsGivenANumberDoesNotTakeTheImages() {
        inputs.put("y", info("labels:0", DataType.DT_FLOAT, -1, 4, 4, 3));
        outputs.put("out", SmallModel.info("plain:0", -1, 2));
        assertThat(logits(read(others(Map.of("y", 0d))))).containsExactly(2 * MEAN, -MEAN);
        var path = directory.resolve("saved_model.pb");
        var both = new InputSettings(
                Optional.of("x"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of("x", 0d));
        assertThatThrownBy(() -> read(ModelSettings.NONE.withInput(both)))
                .isInstanceOf(UserException.class)
                .hasMessage(path + ": signature 'serving_default' takes its images at 'x'; expected no number for it");
        assertThatThrownBy(() -> read(others(Map.of("x", 0d, "y", 0d))))
                .isInstanceOf(UserException.class)
                .hasMessage(path + ": signature 'serving_default' has no input for the images; expected one");
    }

    private static ModelSettings others(Map<String, Double> numbers) {
        return ModelSettings.NONE.withInput(InputSettings.NONE.withOthers(numbers));
    }

    @Test
    void theInputOfTheImagesIsStated() {
        inputs.put("y", info("labels:0", DataType.DT_FLOAT, -1, 4, 4, 3));
        outputs.put("out", SmallModel.info("plain:0", -1, 2));
        assertThat(logits(read(input("x")))).containsExactly(2 * MEAN, -MEAN);
        var path = directory.resolve("saved_model.pb");
        assertThatThrownBy(() -> read(ModelSettings.NONE))
                .isInstanceOf(UserException.class)
                .hasMessage(path
                        + ": signature 'serving_default' has the inputs x DT_FLOAT [?, 4, 4, 1], y DT_FLOAT [?, 4, 4, 3];"
                        + " expected one that takes images: state its name (`input: {name: ...}`, --input)");
        assertThatThrownBy(() -> read(input("xx")))
                .hasMessage(path + ": signature 'serving_default' has no input 'xx'; nearest: x");
    }

    @Test
    void ofSeveralInputsTheImagesHaveTheMostAxes() {
        inputs.put("y", info("labels:0", DataType.DT_FLOAT, -1, 2));
        outputs.put("out", SmallModel.info("plain:0", -1, 2));
        assertThat(logits(read(ModelSettings.NONE))).containsExactly(2 * MEAN, -MEAN);
        inputs.put("z", info("rate:0", DataType.DT_FLOAT, -1, 4, 4));
        assertThat(read(ModelSettings.NONE).input().node()).isEqualTo("images");
    }

    @Test
    void theOutputIsStatedAsOneOfTheSignatureOrAsATensor() {
        inputs.put("keep", info("keep_prob:0", DataType.DT_FLOAT));
        outputs.put("a", SmallModel.info("trained:0", -1, 2));
        outputs.put("b", SmallModel.info("probabilities:0", -1, 2));
        var path = directory.resolve("saved_model.pb");
        assertThat(logits(read(ModelSettings.NONE))).as("before the softmax").containsExactly(2 * MEAN, -MEAN);
        assertThat(logits(read(output("a")))).containsExactly(20 * MEAN, -10 * MEAN);
        assertThat(logits(read(output("b")))).containsExactly(2 * MEAN, -MEAN);
        assertThat(logits(read(output("plain")))).containsExactly(2 * MEAN, -MEAN);
        assertThat(logits(read(output("kept:0")))).containsExactly(2 * MEAN, -MEAN);
        assertThat(read(output("plain")).outputs()).containsOnlyKeys("a", "b");
        assertThatThrownBy(() -> read(output("plian")))
                .hasMessage(path + ": no output and no tensor has the name 'plian'; nearest: plain");
        assertThatThrownBy(() -> read(output("plain:1")))
                .hasMessage(path
                        + ": the signature's output 'plain:1' is the tensor 'plain:1', which the graph does not hold");
    }

    @Test
    void anOutputThatNeedsTheLabelsIsNotUsed() {
        inputs.put("y", info("labels:0", DataType.DT_FLOAT, -1, 2));
        outputs.put("loss", SmallModel.info("loss:0", -1, 2));
        outputs.put("scores", SmallModel.info("plain:0", -1, 2));
        var model = read(input("x"));
        assertThat(logits(model)).containsExactly(2 * MEAN, -MEAN);
        assertThat(model.outputs()).containsOnlyKeys("scores");
        assertThat(model.notes()).containsExactly("The output 'loss' needs 'labels' fed; it is not used.");
    }

    @Test
    void theSignatureIsStated() {
        outputs.put("out", SmallModel.info("plain:0", -1, 2));
        var other =
                SignatureDef.newBuilder().putAllInputs(inputs).putOutputs("out", SmallModel.info("trained:0", -1, 2));
        SmallModel.write(
                directory, metaGraph().putSignatureDef("louder", other.build()).build());
        var stated = new ModelSettings(
                Optional.empty(),
                Optional.of("louder"),
                InputSettings.NONE,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Set.of());
        assertThat(logits(ClassifierModel.read(directory))).containsExactly(2 * MEAN, -MEAN);
        assertThat(logits(ClassifierModel.read(directory, stated))).containsExactly(20 * MEAN, -10 * MEAN);
        assertThat(Inspection.of(directory, stated).signature()).contains("louder");
        write();
        assertThatThrownBy(() -> ClassifierModel.read(directory, stated))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb") + ": no signature 'louder'; known: serving_default");
    }

    @Test
    void theCardSaysItWhereNobodyElseDoes() throws IOException {
        outputs.put("a", SmallModel.info("plain:0", -1, 2));
        outputs.put("b", SmallModel.info("trained:0", -1, 2));
        write();
        new ModelCard("", "", output("b")).write(directory);
        assertThat(logits(ClassifierModel.read(directory))).containsExactly(20 * MEAN, -10 * MEAN);
        assertThat(logits(ClassifierModel.read(directory, output("a")))).containsExactly(2 * MEAN, -MEAN);
    }

    @Test
    void asManyNamesOfClassesAsLogits() {
        outputs.put("out", SmallModel.info("plain:0", -1, 2));
        var stated = ModelSettings.NONE.withClasses(List.of("cat", "dog", "eel"));
        var fault = directory.resolve("saved_model.pb")
                + ": classes has 3 names; the model's logits 'plain:0' are for 2 classes";
        write();
        assertThatThrownBy(() -> ClassifierModel.read(directory, stated))
                .isInstanceOf(UserException.class)
                .hasMessage(fault);
        assertThat(Inspection.of(directory, stated).faults()).containsExactly(fault);
    }
}
