package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

class FeatureLayersTest {
    @Test
    void aLayerEndsInItsLastTensor() {
        assertThat(layers("net/conv/Conv2D", "net/conv/BiasAdd", "net/relu/Relu"))
                .containsExactly(Map.entry("conv", "net/conv/BiasAdd"), Map.entry("relu", "net/relu/Relu"));
    }

    @Test
    void nestedScopesAreLayersUnlessTheyEndAlike() {
        assertThat(layers("net/block/conv/Conv2D", "net/block/norm/batchnorm/add", "net/head/MatMul"))
                .containsExactly(
                        Map.entry("block/conv", "net/block/conv/Conv2D"),
                        Map.entry("block", "net/block/norm/batchnorm/add"),
                        Map.entry("head", "net/head/MatMul"));
    }

    @Test
    void whatCallsAddedToNamesIsTakenOff() {
        assertThat(layers(
                        "StatefulPartitionedCall_1/PartitionedCall/net/conv/StatefulPartitionedCall/Conv2D",
                        "StatefulPartitionedCall_1/PartitionedCall/net/relu/PartitionedCall_12/Relu"))
                .containsOnlyKeys("conv", "relu");
    }

    @Test
    void oneNumberOfAllScopesIsTakenOff() {
        assertThat(layers("net_1/conv1_1/convolution", "net_1/bn1_1/batchnorm/add_1", "net_1/relu_1/Relu"))
                .containsOnlyKeys("conv1", "bn1", "relu");
        assertThat(layers("net_1/conv_1/convolution", "net_1/conv_1_2/convolution"))
                .containsOnlyKeys("conv_1", "conv_1_2");
        assertThat(layers("net/conv_1/convolution", "net/relu_1/Relu")).containsOnlyKeys("conv_1", "relu_1");
    }

    /** What was added to a model is no layer, and leaves the scope that its layers share. */
    @Test
    void nodesOfOurOwnAreNoLayers() {
        assertThat(layers("net/conv/Conv2D", "net/head/MatMul", "sckd.logits/Reshape"))
                .containsOnlyKeys("conv", "head");
    }

    @Test
    void nodesOutsideOfScopesStandForThemselves() {
        assertThat(layers("conv", "relu", "head/MatMul")).containsOnlyKeys("conv", "relu", "head");
    }

    @Test
    void onlyMapsTokensAndVectorsOfTheImagesOnTheWayToTheLogitsCount() {
        var graph = List.of(
                placeholder("images", -1, 4, 4, 1),
                node("net/a/Neg", "Neg", "images"),
                constant("net/b/shape", ints(-1, 4, 4)),
                node("net/b/Reshape", "Reshape", "net/a/Neg", "net/b/shape"),
                node("net/aside/Exp", "Exp", "net/a/Neg"),
                constant("net/c/shape", ints(-1, 16)),
                node("net/c/Reshape", "Reshape", "net/b/Reshape", "net/c/shape"));

        assertThat(find(graph, "net/c/Reshape"))
                .containsExactly(
                        Map.entry("a", "net/a/Neg"), Map.entry("b", "net/b/Reshape"), Map.entry("c", "net/c/Reshape"));
    }

    /** The layers of a chain of nodes with these names. */
    private static Map<String, String> layers(String... names) {
        var nodes = new ArrayList<NodeDef>();
        nodes.add(placeholder("images", -1, 4, 4, 1));
        for (var name : names) {
            nodes.add(node(name, "Relu", nodes.get(nodes.size() - 1).getName()));
        }
        return find(nodes, names[names.length - 1]);
    }

    private static Map<String, String> find(List<NodeDef> nodes, String logits) {
        var graphDef = GraphText.graph(List.of(), nodes.toArray(NodeDef[]::new));
        var roots = nodes.stream().map(NodeDef::getName).toList();
        var graph = Flattener.flatten(graphDef, roots, OpDefs.registered()).graph();
        var input = new ModelInput("images", DataType.DT_FLOAT, Shape.of(-1, 4, 4, 1));
        var layers = new java.util.LinkedHashMap<String, String>();
        FeatureLayers.find(graph, TensorTypes.infer(graph.toGraphDef()), input, new TensorName(logits, 0))
                .forEach((name, tensor) -> layers.put(name, tensor.node()));
        return layers;
    }
}
