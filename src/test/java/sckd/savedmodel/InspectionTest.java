package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.integers;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.string;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

class InspectionTest {
    @TempDir
    Path directory;

    @Test
    void tellsWhatAModelIsMadeOf() {
        SmallModel.write(directory, SmallModel.graphMode().build());
        SmallModel.writeGraphModeCheckpoint(directory);
        var inspection = Inspection.of(directory);

        assertThat(inspection.signature()).contains("serving_default");
        assertThat(inspection.signatures())
                .containsExactly(new Inspection.Signature(
                        "serving_default",
                        "tensorflow/serving/predict",
                        List.of(new Inspection.Port("images", "DT_FLOAT", "[?, 4, 4, 1]")),
                        List.of(new Inspection.Port("out", "DT_FLOAT", "[?, 2]"))));
        assertThat(inspection.logits()).contains(new TensorName("net/dense/product", 0));
        assertThat(inspection.parameters()).hasValue(1 + 1 + 1 + 2);
        assertThat(inspection.trainableParameters()).hasValue(1 + 2);
        assertThat(inspection.multiplyAdds()).hasValue(1 * 2);
        assertThat(inspection.features())
                .containsExactly(
                        new Inspection.Feature("block", new TensorName("net/block/mul", 0), "[?, 4, 4, 1]"),
                        new Inspection.Feature("norm", new TensorName("net/norm/add_1", 0), "[?, 4, 4, 1]"),
                        new Inspection.Feature("pool", new TensorName("net/pool/mean", 0), "[?, 1]"),
                        new Inspection.Feature("dense", new TensorName("net/dense/product", 0), "[?, 2]"));
        assertThat(inspection.fusedBatchNorms()).isEmpty();
        assertThat(inspection.decomposedBatchNorms()).containsExactly("net/norm/add_1");
        assertThat(inspection.withoutGradient()).isEmpty();
        assertThat(inspection.forbidden()).isEmpty();
        assertThat(inspection.faults()).isEmpty();
    }

    @Test
    void aRefusedModelIsReportedWithAllItsFaults() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder()
                .addNode(constant("path", GraphText.stringScalar("/etc/passwd")))
                .addNode(node("evil", "ReadFile", "path"))
                .addNode(node("out", "Identity", "probabilities", "^evil"));
        model.putSignatureDef(
                "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", "out:0")));
        SmallModel.write(directory, model.build());
        SmallModel.writeFloats(directory, Map.of("scale", new float[3]));
        var inspection = Inspection.of(directory);

        assertThat(inspection.forbidden()).containsExactly("ReadFile (node 'evil')");
        assertThat(inspection.faults())
                .containsExactly(
                        directory.resolve("saved_model.pb")
                                + ": not allowed in a model: ReadFile (node 'evil'); expected ops that only compute",
                        directory.resolve("variables/variables.index")
                                + ": 'scale' is DT_FLOAT [3]; the variable 'net/scale' is DT_FLOAT [1];"
                                + " the checkpoint belongs to another model");
        assertThat(inspection.logits()).contains(new TensorName("net/dense/product", 0));
        assertThat(inspection.features()).hasSize(4);
        assertThat(inspection.parameters()).isEmpty();
    }

    @Test
    void opsWithoutGradientAreFoundBetweenVariablesAndLogits() {
        var model = SmallModel.graphMode();
        var graph = model.getGraphDefBuilder();
        for (var node : graph.getNodeBuilderList()) {
            if (node.getName().equals("net/pool/mean")) {
                node.setInput(0, "net/round");
            }
        }
        graph.addNode(node("net/round", "Digamma", "net/norm/add_1"));
        graph.addNode(node("net/aside", "Digamma", "images")); // not on the way
        SmallModel.write(directory, model.build());
        SmallModel.writeGraphModeCheckpoint(directory);

        assertThat(Inspection.of(directory).withoutGradient()).containsExactly("Digamma (node 'net/round')");
    }

    @Test
    void multiplyAddsCountConvolutionsAndProductsOfOneImage() {
        long conv = 4 * 4 * 8 * (3 * 3 * 1); // output elements times kernel
        long depthwise = 2 * 2 * (8 * 2) * (3 * 3);
        long dense = 2 * 2 * 16 * 10;

        assertThat(multiplyAdds(-1, 4)).hasValue(conv + depthwise + dense);
        assertThat(multiplyAdds(6, 4)).hasValue(conv + depthwise + dense);
        assertThat(multiplyAdds(-1, -1)).isEmpty();
    }

    private static OptionalLong multiplyAdds(long batch, long size) {
        var nodes = new ArrayList<>(List.of(
                placeholder("images", batch, size, size, 1),
                weights("kernel", 3, 3, 1, 8),
                convolution("conv", "Conv2D", 1, "images", "kernel/read"),
                weights("depthwise/kernel", 3, 3, 8, 2),
                convolution("depthwise", "DepthwiseConv2dNative", 2, "conv", "depthwise/kernel/read"),
                constant("shape", ints(-1, 64)),
                node("flat", "Reshape", "depthwise", "shape"),
                weights("dense/kernel", 64, 10),
                node("logits", "MatMul", "flat", "dense/kernel/read")));
        for (var name : List.of("kernel", "depthwise/kernel", "dense/kernel")) {
            nodes.add(SmallModel.read(name + "/read", name));
        }
        var graphDef = GraphText.graph(List.of(), nodes.toArray(NodeDef[]::new));
        var graph = Flattener.flatten(graphDef, List.of("logits"), OpDefs.registered())
                .graph();
        var input = new ModelInput("images", DataType.DT_FLOAT, Shape.of(batch, size, size, 1));
        return MultiplyAdds.count(graph, input, new TensorName("logits", 0));
    }

    private static NodeDef weights(String name, long... shape) {
        return variable(name, shape);
    }

    private static NodeDef convolution(String name, String op, long stride, String images, String kernel) {
        return node(
                name,
                op,
                Map.of(
                        "strides",
                        integers(1, stride, stride, 1),
                        "padding",
                        string("SAME"),
                        "T",
                        type(DataType.DT_FLOAT)),
                images,
                kernel);
    }
}
