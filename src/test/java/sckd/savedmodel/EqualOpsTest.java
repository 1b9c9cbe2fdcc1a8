package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

class EqualOpsTest {
    private static final float[] POSITIVE = {.5f, 1.5f, 2.5f, .75f, 1.25f, 3};

    @ParameterizedTest
    @ValueSource(strings = {"PreventGradient", "Snapshot", "Erfc"})
    void anOpOfOneTensorHasAGradient(String op) {
        var rewriting = new Rewriting(placeholder("x", 2, 3), node("result", op, "x")).feed("x", 2, 3);

        assertThat(rewriting.ops()).doesNotContain(op);
        rewriting.assertEqualResults();
        rewriting.assertGradient("x");
    }

    /** As GaussianNoise of Keras: only the sizes of the noise come from x. */
    @Test
    void noiseOfTheSizeOfATensorEndsAGradient() {
        var whole = Map.of("out_type", GraphText.type(DataType.DT_INT32));
        var rewriting = new Rewriting(
                        GraphRewrite.Purpose.TRAINING,
                        FunctionDefLibrary.getDefaultInstance(),
                        placeholder("x", 2, 3),
                        node("square", "Square", "x"),
                        node("sizes", "Shape", whole, "square"),
                        GraphText.constant("key", unsigned(7)),
                        GraphText.constant("counter", unsigned(1, 2)),
                        GraphText.constant("algorithm", GraphText.intScalar(1)),
                        node(
                                "noise",
                                "StatelessRandomNormalV2",
                                Map.of("Tshape", GraphText.type(DataType.DT_INT32)),
                                "sizes",
                                "key",
                                "counter",
                                "algorithm"),
                        node("result", "Mul", "square", "noise"))
                .feed("x", 2, 3);

        rewriting.assertEqualResults();
        rewriting.assertGradient("x");
    }

    private static TensorProto unsigned(long... values) {
        var tensor = TensorProto.newBuilder()
                .setDtype(DataType.DT_UINT64)
                .setTensorShape(GraphText.shapeProto(values.length));
        for (long value : values) {
            tensor.addUint64Val(value);
        }
        return tensor.build();
    }

    /** What it says of sizes that are not known otherwise is needed by what follows. */
    @Test
    void anEnsuredShapeIsStillKnown() {
        var ensured = node("ensured", "EnsureShape", Map.of("shape", GraphText.shape(-1, 3)), "flat");
        var open = new Rewriting(
                        placeholder("x", 2, 3),
                        placeholder("sizes", 2),
                        node("ints", "Cast", Map.of("DstT", GraphText.type(DataType.DT_INT32)), "sizes"),
                        node("flat", "Reshape", Map.of("Tshape", GraphText.type(DataType.DT_INT32)), "x", "ints"),
                        ensured)
                .feed("x", 2, 3)
                .feed("sizes", new float[] {2, 3}, 2);

        assertThat(open.ops()).doesNotContain("EnsureShape");
        assertThat(Shapes.describe(TensorTypes.infer(open.graph()).shape(new TensorName("ensured", 0))))
                .isEqualTo("[?, 3]");
        open.assertEqualResults();
        open.assertGradient("x");
    }

    @Test
    void aShapeThatIsKnownAnywayIsNotEnsured() {
        var ensured = node("ensured", "EnsureShape", Map.of("shape", GraphText.shape(-1, 3)), "x");
        assertThat(new Rewriting(placeholder("x", -1, 3), ensured).ops()).containsExactly("Placeholder", "Identity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Xlogy", "Xlog1py", "Xdivy"})
    void aProductThatZeroWinsHasAGradient(String op) {
        var rewriting = new Rewriting(placeholder("x", 2, 3), placeholder("y", 3), node("result", op, "x", "y"))
                .feed("x", 2, 3)
                .feed("y", new float[] {.5f, 1.5f, 2}, 3);

        rewriting.assertEqualResults();
        rewriting.assertGradient("x");
        rewriting.assertGradient("y");
    }

    /** Without the replaced y, 0 · ∞ is NaN. */
    @ParameterizedTest
    @ValueSource(strings = {"Xlogy", "Xdivy"})
    void whereZeroWinsTheGradientIsZero(String op) {
        var rewriting = new Rewriting(placeholder("x", 2), placeholder("y", 2), node("result", op, "x", "y"))
                .feed("x", new float[] {0, 0}, 2)
                .feed("y", new float[] {0, 2}, 2);

        assertThat(rewriting.run()).containsExactly(0, 0);
        assertThat(rewriting.gradient("x")).containsExactly(0, 0);
        assertThat(rewriting.gradient("y")).containsExactly(0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Round", "Rint", "Ceil", "OnesLike"})
    void aStepHasNoGradientAndStopsNothing(String op) {
        var rewriting = new Rewriting(placeholder("x", 6), node("step", op, "x"), node("result", "AddV2", "step", "x"))
                .feed("x", POSITIVE, 6);

        rewriting.assertEqualResults();
        var identity = new Rewriting(placeholder("x", 6), node("result", "Identity", "x")).feed("x", POSITIVE, 6);
        assertThat(rewriting.gradient("x")).containsExactly(identity.gradient("x"));
    }

    @Test
    void anEmbeddingIsReadAndGathered() {
        var handle = GraphText.variable("table", 4, 2);
        var ids = GraphText.constant("ids", GraphText.ints(2, 0, 2));
        var gather =
                node("result", "ResourceGather", Map.of("Tindices", GraphText.type(DataType.DT_INT32)), "table", "ids");
        var graph = new Rewriting(handle, ids, gather).graph();

        assertThat(graph.getNodeList())
                .extracting(NodeDef::getOp)
                .containsExactly("VarHandleOp", "Const", "ReadVariableOp", "Const", "GatherV2");
        assertThat(Shapes.describe(TensorTypes.infer(graph).shape(new TensorName("result", 0))))
                .isEqualTo("[3, 2]");
    }

    @Test
    void aListIsJoinedByTheNewerOp() {
        var axis = GraphText.constant("axis", GraphText.intScalar(1));
        var concat = node("result", "Concat", Map.of("N", GraphText.integer(2)), "axis", "x", "y");
        var rewriting = new Rewriting(placeholder("x", 2, 1), placeholder("y", 2, 3), axis, concat)
                .feed("x", 2, 1)
                .feed("y", 2, 3);

        assertThat(rewriting.ops()).contains("ConcatV2");
        rewriting.assertEqualResults();
        rewriting.assertGradient("y");
    }

    /** Converters split by one group; the gradient would join one tensor, which Concat refuses. */
    @Test
    void aTensorInOnePartIsTheWhole() {
        var axis = GraphText.constant("axis", GraphText.intScalar(1));
        var split = node("result", "Split", Map.of("num_split", GraphText.integer(1)), "axis", "x");
        var rewriting = new Rewriting(placeholder("x", 2, 3), axis, split).feed("x", 2, 3);

        assertThat(rewriting.ops()).doesNotContain("Split");
        rewriting.assertEqualResults();
        rewriting.assertGradient("x");
    }

    /** A node that takes too little is TensorFlow's to refuse. */
    @Test
    void aNodeThatIsNotWholeIsLeftAlone() {
        var graph = new Rewriting(placeholder("x", 2), node("result", "Xlogy", "x")).graph();

        assertThat(graph.getNodeList()).extracting(NodeDef::getOp).isEqualTo(List.of("Placeholder", "Xlogy"));
    }
}
