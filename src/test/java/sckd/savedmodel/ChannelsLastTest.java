package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.integer;
import static sckd.savedmodel.GraphText.integers;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.string;
import static sckd.savedmodel.GraphText.type;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Ops on channels-first images, against the same ops on channels-last ones between two transpositions. */
class ChannelsLastTest {
    private static final AttrValue INT = type(DataType.DT_INT32);
    private static final AttrValue FLOAT = type(DataType.DT_FLOAT);

    /** Attributes for channels-first images, then for channels-last ones. */
    static Stream<Arguments> ops() {
        var none = Map.<String, AttrValue>of();
        return Stream.of(
                Arguments.of("Conv2D", strides(integers(1, 1, 2, 1), "SAME"), strides(integers(1, 2, 1, 1), "SAME")),
                Arguments.of(
                        "Conv2D",
                        explicit(integers(0, 0, 0, 0, 1, 2, 0, 1)),
                        explicit(integers(0, 0, 1, 2, 0, 1, 0, 0))),
                Arguments.of("Conv2D", dilated(integers(1, 1, 2, 3), "VALID"), dilated(integers(1, 2, 3, 1), "VALID")),
                Arguments.of(
                        "DepthwiseConv2dNative",
                        strides(integers(1, 1, 2, 2), "VALID"),
                        strides(integers(1, 2, 2, 1), "VALID")),
                Arguments.of("AvgPool", pool(integers(1, 1, 3, 2)), pool(integers(1, 3, 2, 1))),
                Arguments.of("MaxPool", pool(integers(1, 1, 3, 2)), pool(integers(1, 3, 2, 1))),
                Arguments.of("BiasAdd", none, none),
                Arguments.of(
                        "FusedBatchNormV3",
                        Map.of("U", FLOAT, "is_training", bool(false)),
                        Map.of("U", FLOAT, "is_training", bool(false))),
                Arguments.of("DepthToSpace", Map.of("block_size", integer(2)), Map.of("block_size", integer(2))),
                Arguments.of("SpaceToDepth", Map.of("block_size", integer(2)), Map.of("block_size", integer(2))));
    }

    private static Map<String, AttrValue> strides(AttrValue strides, String padding) {
        return Map.of("strides", strides, "padding", string(padding));
    }

    private static Map<String, AttrValue> explicit(AttrValue paddings) {
        return Map.of("strides", integers(1, 1, 1, 1), "padding", string("EXPLICIT"), "explicit_paddings", paddings);
    }

    private static Map<String, AttrValue> dilated(AttrValue dilations, String padding) {
        return Map.of("strides", integers(1, 1, 1, 1), "padding", string(padding), "dilations", dilations);
    }

    private static Map<String, AttrValue> pool(AttrValue window) {
        return Map.of("ksize", window, "strides", window, "padding", string("SAME"));
    }

    private static AttrValue bool(boolean value) {
        return AttrValue.newBuilder().setB(value).build();
    }

    @ParameterizedTest
    @MethodSource("ops")
    void anOpComputesTheSameInTheOtherLayout(String op, Map<String, AttrValue> first, Map<String, AttrValue> last) {
        var rewriting = feed(new Rewriting(graph(op, first, "NCHW")));
        var reference = feed(new Rewriting(graph(op, last, "NHWC")));

        Rewriting.assertClose(rewriting.run(), BatchNormModel.doubles(reference.runOriginal()), 1e-5);
        Rewriting.assertClose(rewriting.gradient("images"), reference.differences("images"), 2e-3);
        for (var parameter : parameters(op).keySet()) {
            if (!parameter.equals("mean") && !parameter.equals("variance")) { // these are not trained
                Rewriting.assertClose(rewriting.gradient(parameter), reference.differences(parameter), 2e-3);
            }
        }
    }

    private static Map<String, long[]> parameters(String op) {
        return switch (op) {
            case "Conv2D", "DepthwiseConv2dNative" -> Map.of("kernel", new long[] {3, 2, 4, 2});
            case "BiasAdd" -> Map.of("bias", new long[] {4});
            default -> Map.of();
        };
    }

    private static Rewriting feed(Rewriting rewriting) {
        var images = new float[2 * 4 * 6 * 8];
        for (int i = 0; i < images.length; i++) {
            images[i] = i * 151 % images.length / 40f; // apart, so that no step changes which is the largest
        }
        rewriting.feed("images", images, 2, 4, 6, 8);
        rewriting.graph().getNodeList().stream()
                .filter(node ->
                        node.getOp().equals("Placeholder") && !node.getName().equals("images"))
                .forEach(node -> rewriting.feed(
                        node.getName(),
                        Shapes.of(node.getAttrOrThrow("shape").getShape()).asArray()));
        return rewriting;
    }

    private static NodeDef[] graph(String op, Map<String, AttrValue> attributes, String layout) {
        var nodes = new ArrayList<NodeDef>();
        nodes.add(placeholder("images", -1, 4, 6, 8));
        var inputs = new ArrayList<String>();
        inputs.add(layout.equals("NCHW") ? "images" : "last");
        parameters(op).forEach((name, shape) -> {
            nodes.add(placeholder(name, shape));
            inputs.add(name);
        });
        if (op.equals("FusedBatchNormV3")) {
            for (var name : List.of("gamma", "beta", "mean", "variance")) {
                nodes.add(constant(name, floats(.5f, 1.5f, .8f, 1.2f)));
                inputs.add(name);
            }
        }
        var withLayout = new HashMap<>(attributes);
        withLayout.put("data_format", string(layout));
        var name = layout.equals("NCHW") ? "result" : "computed";
        nodes.add(constant("to_last", ints(0, 2, 3, 1)));
        nodes.add(constant("to_first", ints(0, 3, 1, 2)));
        nodes.add(node("last", "Transpose", Map.of("Tperm", INT), "images", "to_last"));
        nodes.add(node(name, op, withLayout, inputs.toArray(String[]::new)));
        if (layout.equals("NHWC")) {
            nodes.add(node("result", "Transpose", Map.of("Tperm", INT), "computed", "to_first"));
        }
        return nodes.toArray(NodeDef[]::new);
    }

    private static TensorProto floats(float... values) {
        var tensor = GraphText.floatScalar(0).toBuilder()
                .clearFloatVal()
                .setTensorShape(GraphText.shapeProto(values.length));
        for (float value : values) {
            tensor.addFloatVal(value);
        }
        return tensor.build();
    }

    /** Convolution, bias, activation, a join, padding, a residual and the mean over all pixels: one Transpose at the beginning is all. */
    @Test
    void betweenTwoOpsNothingIsTransposed() {
        var convolution = new HashMap<>(strides(integers(1, 1, 1, 1), "SAME"));
        convolution.put("data_format", string("NCHW"));
        var rewriting = new Rewriting(
                placeholder("images", -1, 2, 5, 6),
                placeholder("kernel", 3, 3, 2, 2),
                placeholder("bias", 2),
                node("conv", "Conv2D", convolution, "images", "kernel"),
                node("biased", "BiasAdd", Map.of("data_format", string("NCHW")), "conv", "bias"),
                node("relu", "Relu", "biased"),
                constant("axis", GraphText.intScalar(1)),
                node("joined", "ConcatV2", Map.of("N", integer(2), "Tidx", INT), "relu", "images", "axis"),
                constant(
                        "amounts",
                        GraphText.ints(0, 0, 0, 0, 1, 0, 0, 2).toBuilder()
                                .setTensorShape(GraphText.shapeProto(4, 2))
                                .build()),
                node("padded", "Pad", Map.of("Tpaddings", INT), "joined", "amounts"),
                constant("two", GraphText.floatScalar(2)),
                node("scaled", "Mul", "padded", "two"),
                constant("axes", ints(2, 3)),
                node("result", "Mean", Map.of("Tidx", INT), "scaled", "axes"));
        rewriting.feed("images", 2, 2, 5, 6).feed("kernel", 3, 3, 2, 2).feed("bias", 2);

        assertThat(rewriting.graph().getNodeList())
                .filteredOn(node -> node.getOp().equals("Transpose"))
                .extracting(node -> node.getInput(0))
                .containsExactly("images");
        assertThat(rewriting.run()).hasSize(2 * 4);
        assertThat(rewriting.gradient("kernel")).hasSize(36);
    }

    /** The name of a channels-first result stands for the channels-last one; what asks for the tensor gets it transposed. */
    @Test
    void aNodeKeepsItsName() {
        var graph = new Rewriting(graph("BiasAdd", Map.of(), "NCHW")).graph();

        var types = TensorTypes.infer(graph);
        assertThat(Shapes.describe(types.shape(new TensorName("result", 0)))).isEqualTo("[?, 6, 8, 4]");
        assertThat(Shapes.describe(types.shape(new TensorName("result.nchw", 0))))
                .isEqualTo("[?, 4, 6, 8]");
    }

    /** As Keras 3 writes it for channels-first images; what is trained as a batch norm has to be seen as one. */
    @Test
    void aBatchNormThatIsWrittenOutIsFoundInTheOtherLayout() {
        var convolution = new HashMap<>(strides(integers(1, 1, 1, 1), "SAME"));
        convolution.put("data_format", string("NCHW"));
        var nodes = new ArrayList<>(List.of(
                placeholder("images", -1, 2, 5, 6),
                placeholder("kernel", 3, 3, 2, 4),
                constant("epsilon", GraphText.floatScalar(.001f)),
                constant("shape", ints(1, 4, 1, 1)),
                node("conv", "Conv2D", convolution, "images", "kernel")));
        for (var name : List.of("mean", "variance", "gamma", "beta")) {
            nodes.add(GraphText.variable(name + "/handle", 4));
            nodes.add(SmallModel.read(name + "/read", name + "/handle"));
            nodes.add(node(name, "Reshape", Map.of("Tshape", INT), name + "/read", "shape"));
        }
        nodes.addAll(List.of(
                node("sum", "AddV2", "variance", "epsilon"),
                node("rsqrt", "Rsqrt", "sum"),
                node("factor", "Mul", "rsqrt", "gamma"),
                node("scaled", "Mul", "conv", "factor"),
                node("shift", "Mul", "mean", "factor"),
                node("offset", "Sub", "beta", "shift"),
                node("normal", "AddV2", "scaled", "offset"),
                constant("axes", ints(2, 3)),
                node("result", "Mean", Map.of("Tidx", INT), "normal", "axes")));
        var graph = new Rewriting(nodes.toArray(NodeDef[]::new)).graph();

        assertThat(BatchNorms.find(FlatGraph.of(graph)))
                .singleElement()
                .matches(norm -> !norm.channelsFirst())
                .extracting(BatchNorm::output, BatchNorm::x)
                .containsExactly("normal", new TensorName("conv", 0));
        assertThat(Shapes.describe(TensorTypes.infer(graph).shape(new TensorName("normal", 0))))
                .isEqualTo("[?, 5, 6, 4]");
    }

    /** As converters of models write it: a channels-last op between transpositions, an activation, and the same again. */
    @Test
    void transpositionsOfTheModelsOwnFallAwayToo() {
        var conv = new HashMap<>(strides(integers(1, 1, 1, 1), "SAME"));
        var nodes = List.of(
                placeholder("images", -1, 2, 5, 6),
                placeholder("kernel", 3, 3, 2, 2),
                constant("to_last", ints(0, 2, 3, 1)),
                constant("to_first", ints(0, 3, 1, 2)),
                node("last", "Transpose", Map.of("Tperm", INT), "images", "to_last"),
                node("conv", "Conv2D", conv, "last", "kernel"),
                node("first", "Transpose", Map.of("Tperm", INT), "conv", "to_first"),
                node("relu", "Relu", "first"),
                node("last2", "Transpose", Map.of("Tperm", INT), "relu", "to_last"),
                node("conv2", "Conv2D", conv, "last2", "kernel"),
                node("result", "Transpose", Map.of("Tperm", INT), "conv2", "to_first"));
        var rewriting = new Rewriting(nodes.toArray(NodeDef[]::new))
                .feed("images", 2, 2, 5, 6)
                .feed("kernel", 3, 3, 2, 2);

        assertThat(rewriting.ops().stream().filter("Transpose"::equals)).hasSize(2);
        rewriting.assertEqualResults();
    }
}
