package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.function;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VariableDef;
import sckd.UserException;

class ClassifierModelTest {
    /** From {@code x}, images [?, 4, 4, 1], to [?, 2]. */
    private static final NodeDef[] TO_VECTOR = {
        constant("shape", ints(-1, 16)),
        node("flat", "Reshape", "x", "shape:output:0"),
        constant("begin", ints(0, 0)),
        constant("size", ints(-1, 2)),
        node(
                "vector",
                "Slice",
                Map.of("Index", type(DataType.DT_INT32)),
                "flat:output:0",
                "begin:output:0",
                "size:output:0"),
    };

    @TempDir
    Path directory;

    @Test
    void readsAModelInGraphMode() {
        SmallModel.write(directory, SmallModel.graphMode().build());
        SmallModel.writeGraphModeCheckpoint(directory);
        var model = ClassifierModel.read(directory);

        assertThat(model.input().node()).isEqualTo("images");
        assertThat(model.input().dtype()).isEqualTo(DataType.DT_FLOAT);
        assertThat(model.input().shape().asArray()).containsExactly(-1, 4, 4, 1);
        assertThat(model.logits()).hasToString("net/dense/product:0");
        assertThat(model.outputs()).isEqualTo(Map.of("out", new TensorName("probabilities", 0)));
        assertThat(model.features())
                .containsExactly(
                        Map.entry("block", TensorName.parse("net/block/mul")),
                        Map.entry("norm", TensorName.parse("net/norm/add_1")),
                        Map.entry("pool", TensorName.parse("net/pool/mean")),
                        Map.entry("dense", TensorName.parse("net/dense/product")));
        assertThat(model.variables())
                .containsExactly(
                        new ModelVariable("net/scale", DataType.DT_FLOAT, Shape.of(1), true, List.of("scale")),
                        new ModelVariable("net/variance", DataType.DT_FLOAT, Shape.of(1), false, List.of("variance")),
                        new ModelVariable("net/mean", DataType.DT_FLOAT, Shape.of(1), false, List.of("mean")),
                        new ModelVariable("net/kernel", DataType.DT_FLOAT, Shape.of(1, 2), true, List.of("kernel")));
        assertThat(model.card()).isEqualTo(ModelCard.EMPTY);
        assertThat(model.notes()).isEmpty();
        assertThat(model.graph().getNodeList()).noneMatch(node -> node.getName().startsWith("save/"));
    }

    @Test
    void theCollectionSaysWhatIsTrainable() {
        var names = CollectionDef.newBuilder();
        names.getBytesListBuilder()
                .addValue(VariableDef.newBuilder()
                        .setVariableName("net/kernel:0")
                        .build()
                        .toByteString());
        SmallModel.write(
                directory,
                SmallModel.graphMode()
                        .putCollectionDef("trainable_variables", names.build())
                        .build());
        SmallModel.writeGraphModeCheckpoint(directory);

        assertThat(ClassifierModel.read(directory).variables())
                .filteredOn(ModelVariable::trainable)
                .extracting(ModelVariable::handle)
                .containsExactly("net/kernel");
    }

    @Test
    void aFeaturesSignatureNamesTheLayers() {
        var features = SmallModel.signature(
                Map.of("images", "images:0"), Map.of("stage1", "net/block/mul:0", "stage2", "net/norm/add_1:0"));
        SmallModel.write(
                directory,
                SmallModel.graphMode().putSignatureDef("features", features).build());
        SmallModel.writeGraphModeCheckpoint(directory);

        assertThat(ClassifierModel.read(directory).features())
                .containsExactly(
                        Map.entry("stage1", TensorName.parse("net/block/mul")),
                        Map.entry("stage2", TensorName.parse("net/norm/add_1")));
    }

    @Test
    void aFeaturesSignatureOverAnotherInputIsNotUsed() {
        var features = SmallModel.signature(Map.of("images", "other:0"), Map.of("stage1", "net/block/mul:0"));
        SmallModel.write(
                directory,
                SmallModel.graphMode().putSignatureDef("features", features).build());
        SmallModel.writeGraphModeCheckpoint(directory);
        var model = ClassifierModel.read(directory);

        assertThat(model.features()).containsKey("block");
        assertThat(model.notes())
                .containsExactly(
                        "The signature 'features' takes another input than 'serving_default'; it is not used.");
    }

    @Test
    void theCardIsRead() throws IOException {
        SmallModel.write(directory, SmallModel.graphMode().build());
        SmallModel.writeGraphModeCheckpoint(directory);
        var card = new ModelCard(
                "zoo:tiny", "", ModelSettings.NONE.withBatchNormMomentum(.9f).withClasses(List.of("cat", "dog")));
        card.write(directory);

        assertThat(ClassifierModel.read(directory).card()).isEqualTo(card);
    }

    @Test
    void aSoftmaxInAFunctionIsTracedBackToItsLogits() {
        var body = append(
                TO_VECTOR,
                node("softmax", "Softmax", "vector:output:0"),
                node("result", "Identity", "softmax:softmax:0"));
        SmallModel.write(directory, SmallModel.calling("result:output:0", body));
        var model = ClassifierModel.read(directory);

        assertThat(model.logits()).hasToString("call/vector:0");
        assertThat(model.outputs()).isEqualTo(Map.of("out", new TensorName("call/result", 0)));
        assertThat(model.variables()).isEmpty();
    }

    @Test
    void logitsThatCannotBeUsedAreRefused() {
        assertRefused(
                SmallModel.calling(
                        "flat:output:0",
                        constant("shape", ints(-1, 4, 4)),
                        node("flat", "Reshape", "x", "shape:output:0")),
                "the logits of output 'out' (call/flat:0) are [?, 4, 4]; expected [batch, classes]; state a tensor of"
                        + " the graph that is [batch, classes] as 'output'");
    }

    @Test
    void theOutputNamedLogitsIsTaken() {
        var two = SmallModel.graphMode();
        two.putSignatureDef(
                "serving_default",
                SmallModel.signature(
                        Map.of("images", "images:0"), Map.of("a", "probabilities:0", "logits", "net/dense/product:0")));
        SmallModel.write(directory, two.build());
        SmallModel.writeGraphModeCheckpoint(directory);

        assertThat(ClassifierModel.read(directory).logits()).hasToString("net/dense/product:0");
    }

    @Test
    void anOpThatWritesFilesIsRefusedWithItsFunction() {
        var body = append(
                TO_VECTOR,
                constant("name", GraphText.stringScalar("/tmp/evil")),
                node("write", "WriteFile", "name:output:0", "name:output:0"),
                node("result", "Identity", "vector:output:0", "^write"));
        assertRefused(
                SmallModel.calling("result:output:0", body),
                "not allowed in a model: WriteFile (node 'write' of function 'inference');"
                        + " expected ops that only compute");
    }

    @Test
    void whatTheSignatureDoesNotReachIsNotJudged() {
        var model = SmallModel.calling("vector:output:0", TO_VECTOR).toBuilder();
        model.getGraphDefBuilder()
                .addNode(node("read", "ReadFile", "images"))
                .getLibraryBuilder()
                .addFunction(function("dead", List.of("x"), List.of("x"), node("shell", "NoSuchOp", "x")));
        SmallModel.write(directory, model.build());

        assertThat(ClassifierModel.read(directory).logits()).hasToString("call/vector:0");
    }

    @Test
    void anInputThatTakesNoImagesIsRefused() {
        var model = SmallModel.graphMode();
        var vector = SmallModel.signature(Map.of(), Map.of("out", "probabilities:0")).toBuilder()
                .putInputs("x", SmallModel.info("images:0", -1))
                .build();
        assertRefused(
                model.putSignatureDef("serving_default", vector).build(),
                "the input 'images' is DT_FLOAT [?]; expected floats or pixels (DT_UINT8 or wider) [batch, height, width, channels],"
                        + " [batch, height, width] or [batch, height * width * channels]");
        assertRefused(
                model.putSignatureDef(
                                "serving_default",
                                SmallModel.signature(
                                        Map.of("a", "images:0", "b", "other:0"), Map.of("out", "probabilities:0")))
                        .build(),
                "signature 'serving_default' has the inputs a DT_FLOAT [?, 4, 4, 1], b DT_FLOAT [?, 4, 4, 1];"
                        + " expected one that takes images: state its name (`input: {name: ...}`, --input)");
    }

    @Test
    void aGraphThatTensorFlowDoesNotTakeIsRefused() {
        SmallModel.write(
                directory,
                SmallModel.calling(
                        "sum:z:0", append(TO_VECTOR, node("sum", "AddV2", "vector:output:0", "flat:output:0"))));
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(directory.resolve("saved_model.pb")
                        + ": TensorFlow does not take the graph: Dimensions must be equal, but are 2 and 16");
    }

    @Test
    void anOutputThatIsNoTensorOfTheGraphIsRefused() {
        var outputs = SmallModel.signature(
                Map.of("images", "images:0"), Map.of("logits", "net/dense/product:0", "more", "net/pool/mean:1"));
        assertRefused(
                SmallModel.graphMode()
                        .putSignatureDef("serving_default", outputs)
                        .build(),
                "the signature's output 'more' is the tensor 'net/pool/mean:1', which the graph does not hold");
    }

    @Test
    void theSignatureMayBeFedBehindThePlaceholder() {
        var model = SmallModel.graphMode();
        model.putSignatureDef(
                "serving_default",
                SmallModel.signature(Map.of("in", "net/block/mul:0"), Map.of("out", "probabilities:0")));
        SmallModel.write(directory, model.build());
        SmallModel.writeGraphModeCheckpoint(directory);
        var read = ClassifierModel.read(directory);

        assertThat(read.input().node()).isEqualTo("net/block/mul");
        assertThat(read.graph().getNodeList())
                .filteredOn(node -> node.getOp().equals("Placeholder"))
                .extracting(NodeDef::getName)
                .containsExactly("net/block/mul");
        assertThat(read.variables()).extracting(ModelVariable::handle).doesNotContain("net/scale");
    }

    @Test
    void anInputThatNobodyFeedsKeepsItsDefaultOrIsRefused() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder()
                .addNode(constant("off", GraphText.floatScalar(0)))
                .addNode(node("phase", "PlaceholderWithDefault", Map.of("shape", GraphText.shape()), "off"))
                .addNode(node("logits", "AddV2", "net/dense/product", "phase"));
        model.putSignatureDef(
                "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", "logits:0")));
        SmallModel.write(directory, model.build());
        SmallModel.writeGraphModeCheckpoint(directory);
        assertThat(ClassifierModel.read(directory).notes())
                .containsExactly("The input 'phase' is not fed and keeps its default.");

        var both = Map.of("images", "images:0", "phase", "phase:0");
        model.putSignatureDef("serving_default", SmallModel.signature(both, Map.of("out", "logits:0")));
        SmallModel.write(directory, model.build());
        assertThat(ClassifierModel.read(directory).input().node()).isEqualTo("images");
        model.putSignatureDef(
                "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", "logits:0")));

        model.getGraphDefBuilder().setNode(model.getGraphDef().getNodeCount() - 2, placeholder("phase"));
        assertRefused(model.build(), "the signature's outputs need 'phase' fed, which is not among its inputs");
    }

    @Test
    void aVariableThatTheCheckpointLacksIsNamed() throws IOException {
        SmallModel.write(directory, SmallModel.graphMode().build());
        var index = directory.resolve("variables/variables.index");
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb") + ": reads 4 variables, and there is no"
                        + " variables/variables.index beside it that holds their values");

        SmallModel.writeFloats(
                directory, Map.of("mean", new float[1], "variance", new float[1], "kernel", new float[1]));
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(index + " has no key 'scale' for the variable 'net/scale'; it belongs to another model");
    }

    @Test
    void aVariableOfAnotherShapeIsNamed() {
        SmallModel.write(directory, SmallModel.graphMode().build());
        SmallModel.writeFloats(
                directory,
                Map.of("scale", new float[3], "mean", new float[1], "variance", new float[1], "kernel", new float[2]));
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("variables/variables.index")
                        + ": 'scale' is DT_FLOAT [3]; the variable 'net/scale' is DT_FLOAT [1];"
                        + " the checkpoint belongs to another model");
    }

    @Test
    void aVariableThatNothingBindsIsNamed() {
        var body = append(
                TO_VECTOR, SmallModel.read("scale", "w"), node("scaled", "Mul", "vector:output:0", "scale:value:0"));
        var model = SmallModel.calling("scaled:z:0", body).toBuilder();
        model.getGraphDefBuilder()
                .getLibraryBuilder()
                .getFunctionBuilder(0)
                .getSignatureBuilder()
                .addInputArg(org.tensorflow.proto.OpDef.ArgDef.newBuilder()
                        .setName("w")
                        .setType(DataType.DT_RESOURCE));
        model.getGraphDefBuilder().getNodeBuilder(1).addInput("kernel");
        model.getGraphDefBuilder().addNode(variable("kernel", 1));
        SmallModel.write(directory, model.build());
        SmallModel.writeFloats(directory, Map.of("w", new float[1]));

        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("variables/variables.index")
                        + ": nothing binds the variable 'kernel' to a key of the checkpoint;"
                        + " neither the model's restore nor its objects name it");
    }

    private static NodeDef[] append(NodeDef[] first, NodeDef... more) {
        var all = java.util.Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private void assertRefused(MetaGraphDef model, String message) {
        SmallModel.write(directory, model);
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb") + ": " + message);
    }
}
