package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.type;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** Programs that TensorFlow would take and that are not what their signatures say, or no end comes of. */
class ProgramConsistencyTest {
    @TempDir
    private Path directory;

    /** With the batch unknown, TensorFlow finds no fault with it. */
    @Test
    void imagesThatBecomePartsOfOthersAreRefused() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder()
                .addNode(constant("pairs", ints(-1, 4)))
                .addNode(node(
                        "out", "Reshape", Map.of("Tshape", type(DataType.DT_INT32)), "net/dense/product", "pairs"));
        assertThatThrownBy(() -> read(withOutput(model, "out")))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(directory.resolve("saved_model.pb")
                        + ": TensorFlow does not take the graph: Dimension size must be evenly divisible by 4 but is 6")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void otherLogitsThanImagesAreRefused() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder()
                .addNode(constant("axis", GraphText.intScalar(0)))
                .addNode(node(
                        "out",
                        "ConcatV2",
                        Map.of("N", GraphText.integer(2), "Tidx", type(DataType.DT_INT32)),
                        "net/dense/product",
                        "net/dense/product",
                        "axis"));
        assertRefused(withOutput(model, "out"), "of 3 images the graph makes logits [6, 2]; expected [3, classes]");
    }

    @Test
    void aTensorThatIsTooLargeOnlyForABatchIsRefused() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder()
                .addNode(constant("multiples", ints(1 << 28, 1)))
                .addNode(node(
                        "huge",
                        "Tile",
                        Map.of("Tmultiples", type(DataType.DT_INT32)),
                        "net/dense/product",
                        "multiples"))
                .addNode(constant("axis", GraphText.intScalar(0)))
                .addNode(constant("one", ints(1)))
                .addNode(node("largest", "Max", Map.of("Tidx", type(DataType.DT_INT32)), "huge", "axis"))
                .addNode(node("out", "AddV2", "net/dense/product", "largest"));
        assertRefused(
                withOutput(model, "out"),
                "node 'huge' (Tile) makes a tensor of DT_FLOAT [805306368, 2]; expected at most 2 GiB");
    }

    @Test
    void aSignatureOfOtherTypesThanItsGraphIsRefused() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder().getNodeBuilder(0).putAttr("dtype", type(DataType.DT_INT8));
        assertRefused(model, "the signature's input 'images:0' is DT_FLOAT, and the graph takes DT_INT8 there");

        var other = SmallModel.graphMode();
        other.putSignatureDef(
                "serving_default",
                other.getSignatureDefOrThrow("serving_default").toBuilder()
                        .putOutputs(
                                "out",
                                SmallModel.info("probabilities:0", -1, 2).toBuilder()
                                        .setDtype(DataType.DT_INT32)
                                        .build())
                        .build());
        assertRefused(other, "the signature's output 'out' is DT_INT32, and the graph gives DT_FLOAT there");
    }

    /** Between a batch norm's moving mean and its use; whoever looks for the variable follows it. */
    @Test
    void aChainDeeperThanTheStackIsRefused() {
        var model = SmallModel.graphMode();
        var graph = model.getGraphDefBuilder().addNode(constant("shape", ints(1)));
        var last = "net/norm/mean";
        for (int i = 0; i < 20_000; i++) {
            graph.addNode(node("chain" + i, "Reshape", Map.of("Tshape", type(DataType.DT_INT32)), last, "shape"));
            last = "chain" + i;
        }
        for (var node : graph.getNodeBuilderList()) {
            if (node.getName().equals("net/norm/shift")) {
                node.setInput(0, last);
            }
        }
        SmallModel.write(directory, model.build());
        SmallModel.writeGraphModeCheckpoint(directory);
        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory + ": its graph is a chain of nodes too long to follow");
    }

    @Test
    void aNameWithoutEndIsRefused() {
        var name = "a/".repeat(3000) + "a";
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder().addNode(node(name, "Identity", "probabilities"));
        assertRefused(
                withOutput(model, name),
                "node '" + name.substring(0, 200) + "…' has a name of 6001 characters; expected at most 4000");
    }

    /** Each call looks at the whole function, of which it needs one node. */
    @Test
    void manyCallsOfALargeFunctionAreRefused() {
        var function = FunctionDef.newBuilder()
                .setSignature(GraphText.function("big", List.of("x"), List.of("y:y:0"))
                        .getSignature())
                .addNodeDef(node("y", "Identity", "x"))
                .putRet("result0", "y:output:0");
        for (int i = 0; i < 30_000; i++) {
            function.addNodeDef(NodeDef.newBuilder().setName("dead" + i).setOp("NoOp"));
        }
        var nodes = new NodeDef[2_000];
        nodes[0] = GraphText.placeholder("x", -1, 2);
        for (int i = 1; i < nodes.length; i++) {
            nodes[i] = GraphText.call("c" + i, "big", 1, 1, i == 1 ? "x" : "c" + (i - 1));
        }
        var graph = GraphText.graph(List.of(function.build()), nodes);
        assertThatThrownBy(() -> Flattener.flatten(graph, List.of("c1999"), OpDefs.registered()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "the graph's functions call each other so often that 5000000 nodes would have to be looked at");
    }

    private static MetaGraphDef.Builder withOutput(MetaGraphDef.Builder model, String output) {
        return model.putSignatureDef(
                "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", output + ":0")));
    }

    private ClassifierModel read(MetaGraphDef.Builder model) {
        SmallModel.write(directory, model.build());
        SmallModel.writeGraphModeCheckpoint(directory);
        return ClassifierModel.read(directory);
    }

    private void assertRefused(MetaGraphDef.Builder model, String message) {
        assertThatThrownBy(() -> read(model))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("saved_model.pb") + ": " + message);
    }
}
