package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.intScalar;
import static sckd.savedmodel.GraphText.integers;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/** The scores x, {@code [?, 3]} unless a test says otherwise, are what stands for a network. */
class LogitsTest {
    private static final Map<String, AttrValue> OVER_INTS = Map.of("Tidx", type(DataType.DT_INT32));
    private static final Map<String, AttrValue> KEEPING =
            Map.of("Tidx", type(DataType.DT_INT32), "keep_dims", SmallModel.bool(true));

    private static final NodeDef LAST_AXIS = constant("axis", ints(-1));
    private static final NodeDef EXP = node("exp", "Exp", "x");
    private static final NodeDef SUM = node("sum", "Sum", KEEPING, "exp", "axis");
    private static final NodeDef MAX = node("max", "Max", KEEPING, "x", "axis");
    private static final NodeDef LESS_MAX = node("less", "Sub", "x", "max");
    private static final NodeDef SOFTMAX = node("softmax", "Softmax", "x");
    private static final NodeDef ARGMAX = node("best", "ArgMax", OVER_INTS, "x", "axis0");
    private static final NodeDef AXIS_1 = constant("axis0", intScalar(1));

    // ---- a softmax in disguise

    @Test
    void aSoftmaxAsAnOpOrItsLogarithmIsTracedBack() {
        assertLogits("x", SOFTMAX);
        assertLogits("x", node("log", "LogSoftmax", "x"));
    }

    @Test
    void aSoftmaxBehindChangesOfShapeAndTypeIsTracedBack() {
        assertLogits(
                "x",
                SOFTMAX,
                constant("wide", ints(-1, 1, 3)),
                node("wider", "Reshape", "softmax", "wide"),
                node("narrow", "Squeeze", Map.of("squeeze_dims", integers(1)), "wider"),
                node("same", "Identity", "narrow"),
                node("half", "Cast", Map.of("DstT", type(DataType.DT_HALF)), "same"),
                node("float", "Cast", Map.of("SrcT", type(DataType.DT_HALF)), "half"));
    }

    @Test
    void aSoftmaxWrittenOutIsTracedBack() {
        assertLogits("x", LAST_AXIS, EXP, SUM, node("p", "RealDiv", "exp", "sum"));
        assertLogits(
                "x", LAST_AXIS, EXP, SUM, node("inverse", "Reciprocal", "sum"), node("p", "Mul", "inverse", "exp"));
        assertLogits(
                "x",
                LAST_AXIS,
                EXP,
                SUM,
                constant("one", floatScalar(1)),
                node("inverse", "RealDiv", "one", "sum"),
                node("p", "Mul", "exp", "inverse"));
    }

    @Test
    void theMaximumThatASoftmaxSubtractsIsPassed() {
        assertLogits(
                "x", LAST_AXIS, MAX, LESS_MAX, node("exp", "Exp", "less"), SUM, node("p", "RealDiv", "exp", "sum"));
    }

    @Test
    void aSoftmaxByTheLogarithmOfTheSumIsTracedBack() {
        NodeDef[] logSoftmax = {
            LAST_AXIS,
            MAX,
            node("stopped", "StopGradient", "max"),
            node("less", "Sub", "x", "stopped"),
            node("exp", "Exp", "less"),
            SUM,
            node("log", "Log", "sum"),
            node("logSumExp", "AddV2", "log", "stopped"),
            node("logP", "Sub", "x", "logSumExp")
        };
        assertLogits("x", logSoftmax);
        assertLogits("x", append(logSoftmax, node("p", "Exp", "logP")));
    }

    /** Softmax(x / 2): its logits are x / 2. */
    @Test
    void aTemperatureBelongsToTheLogits() {
        assertLogits(
                "scaled",
                constant("two", floatScalar(2)),
                node("scaled", "RealDiv", "x", "two"),
                node("p", "Softmax", "scaled"));
    }

    @Test
    void whatKeepsTheOrderOfProbabilitiesIsPassed() {
        assertLogits(
                "x",
                SOFTMAX,
                constant("low", floatScalar(1e-7f)),
                constant("high", floatScalar(1)),
                constant("hundred", floatScalar(100)),
                node("clipped", "ClipByValue", "softmax", "low", "high"),
                node("percent", "Mul", "hundred", "clipped"));
    }

    /** The largest score would be the least likely class: what stands there is no score of these logits. */
    @Test
    void whatTurnsTheOrderIsNotPassed() {
        assertLogits("p", SOFTMAX, constant("minus", floatScalar(-1)), node("p", "Mul", "softmax", "minus"));
    }

    @Test
    void aSoftmaxOfASoftmaxIsOneOfProbabilities() {
        assertLogits("softmax", SOFTMAX, node("again", "Softmax", "softmax"));
    }

    /** Exp(x) over the sum of all the batch is none. */
    @Test
    void aQuotientOverTheImagesIsNoSoftmax() {
        assertLogits("p", constant("axis", ints(0)), EXP, SUM, node("p", "RealDiv", "exp", "sum"));
    }

    @Test
    void exponentialsThatAreWrittenTwiceAreSeenToBeTheSame() {
        assertLogits(
                "x",
                LAST_AXIS,
                EXP,
                node("again", "Exp", "x"),
                node("sum", "Sum", KEEPING, "again", "axis"),
                node("p", "RealDiv", "exp", "sum"));
    }

    // ---- probabilities that no one tensor of logits makes

    /** Softmax of the logarithm of probabilities is them again. */
    @Test
    void theMeanOfSoftmaxesBecomesItsLogarithm() {
        NodeDef[] mean = {
            SOFTMAX,
            node("y", "Neg", "x"),
            node("other", "Softmax", "y"),
            node("both", "AddV2", "softmax", "other"),
            constant("half", floatScalar(.5f)),
            node("mean", "Mul", "half", "both")
        };
        float[][] x = {{1, 2, -1}};
        double[] p = new double[3];
        for (int sign : new int[] {1, -1}) {
            double sum = Math.exp(sign) + Math.exp(2 * sign) + Math.exp(-sign);
            for (int i = 0; i < 3; i++) {
                p[i] += Math.exp(sign * x[0][i]) / sum / 2;
            }
        }
        var logarithms = new float[] {(float) Math.log(p[0]), (float) Math.log(p[1]), (float) Math.log(p[2])};
        var found = find(Shape.of(-1, 3), mean);
        assertThat(run(found, x)).containsExactly(logarithms, within(1e-6f));
        assertThat(found.program().notes())
                .containsExactly("The output 'out' is made of probabilities: its logits are their logarithms.");
        var best = find(Shape.of(-1, 3), append(mean, AXIS_1, node("best", "ArgMax", OVER_INTS, "mean", "axis0")));
        assertThat(run(best, x)).containsExactly(logarithms, within(1e-6f));
    }

    @Test
    void theMeanOfSigmoidsBecomesItsLogit() {
        var found = find(
                Shape.of(-1, 1),
                node("p", "Sigmoid", "x"),
                node("y", "Square", "x"),
                node("q", "Sigmoid", "y"),
                node("both", "AddV2", "p", "q"),
                constant("two", floatScalar(2)),
                node("mean", "RealDiv", "both", "two"));
        double p = (1 / (1 + Math.exp(2)) + 1 / (1 + Math.exp(-4))) / 2;
        assertThat(run(found, new float[][] {{-2}}))
                .containsExactly(new float[] {0, (float) Math.log(p / (1 - p))}, within(1e-6f));
    }

    /** [1 − σ(z), σ(z)] and the other way round. */
    @Test
    void aSigmoidAndItsRestAreTwoClasses() {
        NodeDef[] pair = {
            node("p", "Sigmoid", "x"),
            constant("one", floatScalar(1)),
            node("rest", "Sub", "one", "p"),
            constant("last", intScalar(-1))
        };
        var attributes = Map.of("N", GraphText.integer(2), "Tidx", type(DataType.DT_INT32));
        float yes = (float) Math.log(1 / (1 + Math.exp(-1.5)));
        float no = (float) Math.log(1 / (1 + Math.exp(1.5)));
        var second = find(Shape.of(-1, 1), append(pair, node("out", "ConcatV2", attributes, "rest", "p", "last")));
        assertThat(run(second, new float[][] {{1.5f}})).containsExactly(new float[] {no, yes}, within(1e-6f));
        var first = find(Shape.of(-1, 1), append(pair, node("out", "ConcatV2", attributes, "p", "rest", "last")));
        assertThat(run(first, new float[][] {{1.5f}})).containsExactly(new float[] {yes, no}, within(1e-6f));
    }

    /** A layer after a softmax makes scores of its own. */
    @Test
    void aLayerBehindASoftmaxIsNoMixture() {
        assertLogits(
                "scores",
                SOFTMAX,
                constant("kernel", floats(Shape.of(3, 3))),
                node("scores", "MatMul", "softmax", "kernel"));
    }

    // ---- one unit

    @ParameterizedTest
    @ValueSource(strings = {"Sigmoid", "written out", "written out with Reciprocal"})
    void oneSigmoidUnitBecomesTwoClasses(String form) {
        NodeDef[] sum = {
            constant("one", floatScalar(1)),
            node("minus", "Neg", "x"),
            node("exp", "Exp", "minus"),
            node("sum", "AddV2", "one", "exp")
        };
        var found =
                switch (form) {
                    case "Sigmoid" -> find(Shape.of(-1, 1), node("p", "Sigmoid", "x"));
                    case "written out" -> find(Shape.of(-1, 1), append(sum, node("p", "RealDiv", "one", "sum")));
                    default -> find(Shape.of(-1, 1), append(sum, node("p", "Reciprocal", "sum")));
                };
        assertThat(run(found, new float[][] {{2}, {-3}})).containsExactly(0, 2, 0, -3);
        assertThat(found.program().notes())
                .containsExactly(
                        "The output 'out' is one sigmoid unit: it is used as two classes, the logit of the first"
                                + " is 0, that of the second what the sigmoid takes.");
    }

    /** [0, z]: −log softmax for label 1 is log(1 + e⁻ᶻ), the binary cross-entropy. */
    @Test
    void theCrossEntropyOfTheTwoIsTheBinaryOne() {
        var found = find(Shape.of(-1, 1), node("p", "Sigmoid", "x"));
        double z = .7;
        var logits = run(found, new float[][] {{.7f}});
        double crossEntropy = -(logits[1] - Math.log(Math.exp(logits[0]) + Math.exp(logits[1])));
        assertThat(crossEntropy).isCloseTo(-Math.log(1 / (1 + Math.exp(-z))), within(1e-6));
    }

    @Test
    void oneUnitWithoutAnAxisBecomesTwoClasses() {
        var squeezed = find(
                Shape.of(-1, 1),
                node("squeezed", "Squeeze", Map.of("squeeze_dims", integers(1)), "x"),
                node("p", "Sigmoid", "squeezed"));
        assertThat(run(squeezed, new float[][] {{2}, {-3}})).containsExactly(0, 2, 0, -3);
    }

    @Test
    void oneValueWithoutASigmoidBecomesTwoClasses() {
        var found = find(Shape.of(-1, 1), node("same", "Identity", "x"));
        assertThat(run(found, new float[][] {{2}, {-3}})).containsExactly(0, 2, 0, -3);
        assertThat(found.program().notes())
                .containsExactly("The output 'out' is one value: it is used as the logit of the second of two classes,"
                        + " that of the first is 0.");
    }

    @Test
    void aDecisionOfOneUnitIsTracedBack() {
        var found = find(
                Shape.of(-1, 1),
                node("p", "Sigmoid", "x"),
                constant("half", floatScalar(.5f)),
                node("yes", "Greater", "p", "half"),
                node("id", "Cast", Map.of("SrcT", type(DataType.DT_BOOL), "DstT", type(DataType.DT_INT32)), "yes"));
        assertThat(run(found, new float[][] {{2}, {-3}})).containsExactly(0, 2, 0, -3);
    }

    @Test
    void whatSeveralSigmoidUnitsTakeAreTheLogits() {
        var found = find(Shape.of(-1, 3), node("p", "Sigmoid", "x"));
        assertThat(found.tensor()).hasToString("x:0");
        assertThat(found.program().notes())
                .containsExactly(
                        "The output 'out' is a sigmoid of 3 units, as labels that do not exclude each other have;"
                                + " what the sigmoid takes is used as logits of classes that do.");
    }

    @Test
    void oneUnitOfASoftmaxIsRefused() {
        assertRefused(
                () -> find(Shape.of(-1, 1), SOFTMAX),
                "the logits of output 'out' (x:0) are [?, 1]; expected at least 2 classes to choose from;"
                        + " state a tensor of the graph that is [batch, classes] as 'output'");
    }

    // ---- a class id

    @Test
    void theLogitsAreFoundBehindAClassId() {
        assertLogits("x", AXIS_1, ARGMAX);
        assertLogits("x", SOFTMAX, AXIS_1, node("best", "ArgMax", OVER_INTS, "softmax", "axis0"));
        assertLogits(
                "x",
                AXIS_1,
                ARGMAX,
                node("id", "Cast", Map.of("SrcT", type(DataType.DT_INT64), "DstT", type(DataType.DT_INT32)), "best"),
                node(
                        "column",
                        "ExpandDims",
                        Map.of("T", type(DataType.DT_INT32), "Tdim", type(DataType.DT_INT32)),
                        "id",
                        "axis0"));
    }

    /** Keras' argmax takes a tiny number where it finds −0. */
    @Test
    void theGuardOfAnArgMaxIsPassed() {
        NodeDef[] guard = {
            AXIS_1,
            constant("zero", floatScalar(0)),
            node("isZero", "Equal", "x", "zero"),
            constant("tiny", floatScalar(-1e-38f)),
            node("guarded", "SelectV2", "isZero", "tiny", "x"),
            node("best", "ArgMax", OVER_INTS, "guarded", "axis0")
        };
        assertLogits("x", guard);
        NodeDef[] nodes = append(guard, SOFTMAX);
        assertThat(find(Map.of("class", "best", "p", "softmax"), Optional.empty(), Shape.of(-1, 3), nodes)
                        .tensor())
                .hasToString("x:0");
    }

    @Test
    void theLogitsAreFoundBehindTheBestClassesAndTheirNames() {
        assertLogits(
                "x",
                SOFTMAX,
                constant("k", intScalar(1)),
                node("top", "TopKV2", "softmax", "k"),
                constant("names", GraphText.strings(List.of("cat", "dog", "owl"))),
                constant("axis0", intScalar(0)),
                node(
                        "name",
                        "GatherV2",
                        Map.of(
                                "Tparams",
                                type(DataType.DT_STRING),
                                "Tindices",
                                type(DataType.DT_INT32),
                                "Taxis",
                                type(DataType.DT_INT32)),
                        "names",
                        "top:1",
                        "axis0"));
    }

    @Test
    void theBestImageIsNoClass() {
        assertRefused(
                () -> find(Shape.of(-1, 3), constant("axis0", intScalar(0)), ARGMAX),
                "output 'out' (best:0) is DT_INT64 of kind ArgMax, not made of any that are found; expected logits,"
                        + " probabilities or the class with the largest of them; state a tensor of the graph that is"
                        + " [batch, classes] as 'output'");
    }

    // ---- several outputs

    @Test
    void outputsOfOneTensorOfLogitsNeedNoName() {
        NodeDef[] nodes = {SOFTMAX, AXIS_1, ARGMAX, node("scores", "Identity", "x"), node("embedding", "Neg", "x")};
        var outputs = Map.of("p", "softmax", "class", "best", "scores", "scores", "embedding", "embedding");
        assertThat(find(outputs, Optional.empty(), Shape.of(-1, 3), nodes).tensor())
                .hasToString("x:0");
    }

    @Test
    void amongVectorsTheOneThatDependsOnAllIsTaken() {
        var outputs = Map.of("embedding", "a", "scores", "b");
        var found = find(outputs, Optional.empty(), Shape.of(-1, 3), node("a", "Neg", "x"), node("b", "Relu", "a"));
        assertThat(found.tensor()).hasToString("b:0");
        assertThat(found.program().notes())
                .containsExactly("Of the outputs, 'scores' is taken for the logits: it depends on the others. If it is"
                        + " not, state 'output'.");
    }

    @Test
    void twoHeadsAreToldApartByTheirNameOnly() {
        NodeDef[] nodes = {SOFTMAX, node("y", "Neg", "x"), node("other", "Softmax", "y")};
        var outputs = new LinkedHashMap<String, String>();
        outputs.put("animal", "softmax");
        outputs.put("colour", "other");
        assertRefused(
                () -> find(outputs, Optional.empty(), Shape.of(-1, 3), nodes),
                "no output is plainly the logits: there are animal [?, 3], colour [?, 3]; state one of them as 'output'");
        assertThat(find(outputs, Optional.of("colour"), Shape.of(-1, 3), nodes).tensor())
                .hasToString("y:0");
        assertThat(find(outputs, Optional.of("other:0"), Shape.of(-1, 3), nodes).tensor())
                .hasToString("y:0");
        assertThat(find(outputs, Optional.of("y"), Shape.of(-1, 3), nodes).tensor())
                .hasToString("y:0");
        assertRefused(
                () -> find(outputs, Optional.of("color"), Shape.of(-1, 3), nodes),
                "unknown output 'color'; nearest: colour");
        assertRefused(
                () -> find(outputs, Optional.of("probabilities"), Shape.of(-1, 3), nodes),
                "unknown output 'probabilities'; known: animal, colour");
    }

    /** As an Estimator's head of two classes: z, σ(z), softmax([0, z]), its class. */
    @Test
    void theHeadOfATf1EstimatorIsRead() {
        NodeDef[] nodes = {
            node("logits", "Identity", "x"),
            node("logistic", "Sigmoid", "logits"),
            node("zeros", "ZerosLike", "logits"),
            LAST_AXIS,
            constant("last", intScalar(-1)),
            node(
                    "both",
                    "ConcatV2",
                    Map.of("N", GraphText.integer(2), "Tidx", type(DataType.DT_INT32)),
                    "zeros",
                    "logits",
                    "last"),
            node("p", "Softmax", "both")
        };
        var outputs = Map.of("logits", "logits", "logistic", "logistic", "probabilities", "p");
        var found = find(outputs, Optional.empty(), Shape.of(-1, 1), nodes);
        assertThat(run(found, new float[][] {{2}, {-3}})).containsExactly(0, 2, 0, -3);
        assertThat(find(Map.of("scores", "p"), Optional.empty(), Shape.of(-1, 1), nodes)
                        .tensor())
                .hasToString("both:0");
    }

    // ---- shapes and types

    @Test
    void axesOfOneAreTakenOff() {
        for (var shape : List.of(Shape.of(-1, 1, 1, 3), Shape.of(-1, 3, 1, 1), Shape.of(-1, 1, 3))) {
            var found = find(shape, node("p", "Softmax", "x"));
            assertThat(found.program().notes())
                    .containsExactly(
                            "The logits (x:0) are " + Shapes.describe(shape) + "; they are used as [batch, 3].");
            assertThat(TensorTypes.infer(found.program().graph().toGraphDef())
                            .shape(found.tensor())
                            .asArray())
                    .containsExactly(-1, 3);
        }
    }

    @Test
    void aMapOfClassesIsRefused() {
        assertRefused(
                () -> find(Shape.of(-1, 4, 4, 3), SOFTMAX),
                "the logits of output 'out' (x:0) are [?, 4, 4, 3]; expected [batch, classes];"
                        + " state a tensor of the graph that is [batch, classes] as 'output'");
    }

    /** Softmax over 3 of 6 values would leave out half of the classes. */
    @Test
    void aSoftmaxOverAPartOfTheOutputIsRefused() {
        assertRefused(
                () -> find(
                        Shape.of(-1, 3),
                        SOFTMAX,
                        constant("shape", ints(-1, 6)),
                        node("p", "Reshape", "softmax", "shape")),
                "the logits of output 'out' (x:0) are [?, 3]; the output has 6 values for an image;"
                        + " state a tensor of the graph that is [batch, classes] as 'output'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DT_HALF", "DT_BFLOAT16", "DT_DOUBLE"})
    void floatsOfAnyWidthAreLogits(String name) {
        var dtype = DataType.valueOf(name);
        assertLogits(
                "narrow",
                node("narrow", "Cast", Map.of("DstT", type(dtype)), "x"),
                node("p", "Softmax", Map.of("T", type(dtype)), "narrow"));
    }

    @Test
    void theWeightsTellClassesThatTheShapeDoesNot() {
        NodeDef[] nodes = {
            constant("kernel", floats(Shape.of(3, 5))), constant("bias", floats(Shape.of(5))),
        };
        for (var end : List.of(
                List.of(node("product", "MatMul", "x", "kernel"), node("z", "BiasAdd", "product", "bias")),
                List.of(node("product", "MatMul", "x", "kernel"), node("z", "AddV2", "product", "bias")))) {
            var all = new ArrayList<>(List.of(nodes));
            all.addAll(end);
            all.add(node("lost", "Squeeze", "z"));
            all.add(node("p", "Softmax", "lost"));
            var found = find(Shape.of(-1, 3), all.toArray(NodeDef[]::new));
            assertThat(TensorTypes.infer(found.program().graph().toGraphDef())
                            .shape(found.tensor())
                            .asArray())
                    .containsExactly(-1, 5);
        }
    }

    // ---- what the tests are made of

    private static TensorProto floats(Shape shape) {
        var tensor = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(Shapes.toProto(shape));
        for (long i = 0; i < shape.size(); i++) {
            tensor.addFloatVal(i);
        }
        return tensor.build();
    }

    private static void assertLogits(String expected, NodeDef... nodes) {
        assertThat(find(Shape.of(-1, 3), nodes).tensor()).isEqualTo(TensorName.parse(expected));
    }

    private static void assertRefused(ThrowingCallable find, String message) {
        assertThatThrownBy(find).isInstanceOf(UserException.class).hasMessage(message);
    }

    /** Of a graph whose last node is its only output. */
    private static Logits find(Shape input, NodeDef... nodes) {
        return find(Map.of("out", nodes[nodes.length - 1].getName()), Optional.empty(), input, nodes);
    }

    private static Logits find(Map<String, String> outputs, Optional<String> wanted, Shape input, NodeDef... nodes) {
        var all = append(new NodeDef[] {placeholder("x", input.asArray())}, nodes);
        var tensors = new LinkedHashMap<String, TensorName>();
        outputs.forEach((name, tensor) -> tensors.put(name, TensorName.parse(tensor)));
        var program = new InferenceProgram(
                FlatGraph.of(GraphText.graph(List.of(), all)),
                new ModelInput("x", DataType.DT_FLOAT, input),
                tensors,
                tensors,
                Map.of(),
                List.of());
        return Logits.find(program, program.inferTypes(), wanted);
    }

    private static NodeDef[] append(NodeDef[] first, NodeDef... more) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(NodeDef[]::new);
    }

    private static float[] run(Logits logits, float[][] x) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            graph.importGraphDef(logits.program().graph().toGraphDef());
            var tf = Ops.create(graph);
            var output = graph.operation(logits.tensor().node())
                    .output(logits.tensor().index());
            var floats = output.expect(TFloat32.class);
            try (var fed = TFloat32.tensorOf(StdArrays.ndCopyOf(x));
                    var result = session.runner().feed("x", fed).fetch(floats).run()) {
                var values = new float[(int) result.get(0).size()];
                ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
                return values;
            }
        }
    }
}
