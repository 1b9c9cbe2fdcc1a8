package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.shapeProto;
import static sckd.savedmodel.GraphText.type;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariantTensorDataProto;
import sckd.UserException;

/** Graphs of allowed ops that would take the process down, or all its memory, by being looked at. */
class HostileGraphTest {
    private static final AttrValue LONG = type(DataType.DT_INT64);
    private static final AttrValue INT = type(DataType.DT_INT32);

    static Stream<Arguments> constants() {
        return Stream.of(
                Arguments.of(
                        tensor(DataType.DT_FLOAT, 1L << 40).addFloatVal(1),
                        "holds DT_FLOAT [1099511627776]; expected less than 2 GiB"),
                Arguments.of(
                        tensor(DataType.DT_FLOAT, 1L << 30), // 4 GiB of zeros
                        "holds DT_FLOAT [1073741824]; expected less than 2 GiB"),
                Arguments.of(
                        tensor(DataType.DT_FLOAT, 1L << 40, 1L << 40).addFloatVal(1),
                        "holds DT_FLOAT [1099511627776, 1099511627776]; expected less than 2 GiB"),
                Arguments.of(
                        tensor(DataType.DT_STRING, 1L << 36).addStringVal(ByteString.copyFromUtf8("x")),
                        "holds DT_STRING [68719476736]; expected less than 2 GiB"),
                Arguments.of(tensor(DataType.DT_FLOAT, -1).addFloatVal(1), "has the shape [?]; expected a known one"),
                Arguments.of(
                        tensor(DataType.DT_FLOAT)
                                .setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true)),
                        "has the shape of unknown rank; expected a known one"),
                Arguments.of(
                        tensor(DataType.DT_FLOAT, 2).setTensorContent(ByteString.copyFrom(new byte[7])),
                        "does not hold as many values as its shape [2] says"),
                Arguments.of(
                        tensor(DataType.DT_INT32, 1).addIntVal(1).addIntVal(2),
                        "does not hold as many values as its shape [1] says"),
                Arguments.of(
                        tensor(DataType.DT_VARIANT)
                                .addVariantVal(
                                        VariantTensorDataProto.newBuilder().setTypeName("tensorflow::TensorList")),
                        "holds DT_VARIANT; expected numbers, booleans or strings"),
                Arguments.of(tensor(DataType.DT_RESOURCE), "holds DT_RESOURCE; expected numbers, booleans or strings"));
    }

    @ParameterizedTest
    @MethodSource("constants")
    void aConstantThatIsNotWholeOrTooLargeIsRefused(TensorProto.Builder value, String fault) {
        assertRefused("node 'c' (Const) " + fault, constant("c", value.build()));
    }

    @Test
    void aConstantOfAnotherTypeIsRefused() {
        var value = AttrValue.newBuilder().setTensor(floatScalar(1)).build();
        assertRefused(
                "node 'c' (Const) is DT_INT32 and holds DT_FLOAT",
                node("c", "Const", Map.of("dtype", INT, "value", value)));
    }

    static Stream<Arguments> sizes() {
        return Stream.of(
                Arguments.of(
                        node("r", "Range", Map.of("Tidx", LONG), "zero", "huge", "one"),
                        "node 'r' (Range) makes a tensor of DT_INT64 [8589934592]; expected at most 2 GiB"),
                Arguments.of(
                        node("r", "Fill", Map.of("T", LONG, "index_type", LONG), "sizes", "one"),
                        "node 'r' (Fill) makes a tensor of DT_INT64 [8589934592, 8589934592]; expected at most 2 GiB"),
                Arguments.of(
                        node("r", "RandomUniform", Map.of("T", LONG), "sizes"),
                        "node 'r' (RandomUniform) makes a tensor of DT_FLOAT [8589934592, 8589934592]; expected at most 2 GiB"),
                Arguments.of(
                        node("r", "Tile", Map.of("T", LONG, "Tmultiples", LONG), "sizes", "multiple"),
                        "node 'r' (Tile) makes a tensor of DT_INT64 [17179869184]; expected at most 2 GiB"));
    }

    /** Each is the shape of something, so that TensorFlow computes it to know that. */
    @ParameterizedTest
    @MethodSource("sizes")
    void aTensorOfTerabytesIsRefusedBeforeTensorFlowMakesIt(NodeDef hostile, String message) {
        assertRefused(
                message,
                placeholder("images", -1, 4),
                constant("zero", tensor(DataType.DT_INT64).addInt64Val(0).build()),
                constant("one", tensor(DataType.DT_INT64).addInt64Val(1).build()),
                constant("huge", tensor(DataType.DT_INT64).addInt64Val(1L << 33).build()),
                constant(
                        "sizes",
                        tensor(DataType.DT_INT64, 2).addInt64Val(1L << 33).build()),
                constant(
                        "multiple",
                        tensor(DataType.DT_INT64, 1).addInt64Val(1L << 33).build()),
                hostile,
                node("largest", "Max", Map.of("Tidx", INT), "r", "axes"),
                node("y", "Reshape", Map.of("Tshape", LONG), "images", "largest"));
    }

    @Test
    void manyLargeConstantsAreRefusedTogether() {
        var nodes = new ArrayList<NodeDef>();
        nodes.add(constant(
                "sizes", tensor(DataType.DT_INT32, 1).addIntVal(1 << 28).build()));
        nodes.add(constant("one", floatScalar(1)));
        for (int i = 0; i < 5; i++) { // of a GiB each
            nodes.add(node("fill" + i, "Fill", Map.of("index_type", INT), "sizes", "one"));
        }
        assertRefused(
                "the constants up to node 'fill3' (Fill) and what follows from them are more than 4 GiB",
                nodes.toArray(NodeDef[]::new));
    }

    @Test
    void aSizeThatOnlyValuesTellIsNotAskedOfConstants() {
        assertRefused(
                "node 'rows' (SegmentSum) takes only constants, so that its size cannot be told; save the model with its result",
                constant("data", ints(1)),
                constant("ids", ints(Integer.MAX_VALUE)),
                node("rows", "SegmentSum", Map.of("T", INT, "Tindices", INT), "data", "ids"));
    }

    @Test
    void listsOfOtherLengthsThanTheAttributesSayAreRefused() {
        var x = placeholder("x", -1, 4);
        var message = "node 'sum' (AddN) is given 1 tensors, which is not what its op and its attributes say";
        assertRefused(message, x, node("sum", "AddN", Map.of("N", GraphText.integer(1L << 40)), "x"));
        assertRefused(message, x, node("sum", "AddN", Map.of("N", GraphText.integer(-1)), "x"));
        assertRefused(
                "node 'y' (Relu) is given 0 tensors, which is not what its op and its attributes say",
                node("y", "Relu"));
        assertRefused(
                "node 'y' (Relu) takes the tensor 'x:1', which the graph does not hold", x, node("y", "Relu", "x:1"));
    }

    /** TensorFlow would say that it has been removed; the exception is of a type of its own. */
    @Test
    void anOpThatTensorFlowNoLongerHasIsRefused() {
        assertThatThrownBy(
                        () -> infer(placeholder("x", -1, 4), node("y", "TopK", Map.of("k", GraphText.integer(1)), "x")))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "TensorFlow does not take the graph: Op TopK is not available in GraphDef version")
                .hasMessageEndingWith("Use TopKV2 instead.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "_x", "a b", "ü", "-x", "/x", "a\nb", "^x"})
    void anOddNameIsRefusedInALine(String name) {
        assertRefused(
                "node '" + name.replace('\n', '?')
                        + "' (NoOp) has a name that TensorFlow does not take; expected letters,"
                        + " digits and any of _ . - / > \\, a letter or digit first",
                node(name, "NoOp"));
    }

    /** {@code importGraphDef} takes every node of that name for an initializer and would run it. */
    @Test
    void aNodeNamedInitIsANode() {
        infer(placeholder("Init", -1, 4), node("prefix/Init", "Relu", "Init"));
    }

    @Test
    void aReasonOfTensorFlowsIsShortened() {
        var sizes = new long[300];
        Arrays.fill(sizes, 1);
        assertThatThrownBy(() -> infer(placeholder("x", sizes)))
                .isInstanceOf(UserException.class)
                .message()
                .hasSizeLessThan(500)
                .startsWith("TensorFlow does not take the graph: Shape [1,1,1,")
                .endsWith("…");
    }

    @Test
    void aGraphForANewerTensorFlowIsRefused() {
        var graph = graph(node("n", "NoOp"));
        graph.getVersionsBuilder().setMinConsumer(1_000_000);
        assertThatThrownBy(() -> TensorTypes.infer(graph.build()))
                .isInstanceOf(UserException.class)
                .hasMessageMatching(
                        "the graph says that it is for a TensorFlow of graph version 1000000 at least; this one has"
                                + " \\d+; save the model with an older one");
    }

    private static TensorProto.Builder tensor(DataType dtype, long... sizes) {
        return TensorProto.newBuilder().setDtype(dtype).setTensorShape(shapeProto(sizes));
    }

    private static GraphDef.Builder graph(NodeDef... nodes) {
        return GraphText.graph(List.of(), nodes).toBuilder();
    }

    private static void infer(NodeDef... nodes) {
        TensorTypes.infer(graph(nodes).build());
    }

    private static void assertRefused(String message, NodeDef... nodes) {
        assertThatThrownBy(() -> infer(nodes)).isInstanceOf(UserException.class).hasMessage(message);
    }
}
