package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.call;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floats;
import static sckd.savedmodel.GraphText.function;
import static sckd.savedmodel.GraphText.graph;
import static sckd.savedmodel.GraphText.intScalar;
import static sckd.savedmodel.GraphText.integer;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.placeholderAttribute;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

class FlattenerTest {
    private static final OpDefs OPS = OpDefs.registered();

    @Test
    void aBodyTakesThePlaceOfItsCall() {
        var square = function("square", List.of("x"), List.of("mul:z:0"), node("mul", "Mul", "x", "x"));
        var flat = flatten(graph(List.of(square), placeholder("a"), call("call", "square", 1, 1, "a")), "call");

        assertThat(flat.graph().nodes().keySet()).containsExactly("a", "call/mul", "call");
        assertThat(flat.graph().nodes().get("call/mul").getInputList()).containsExactly("a", "a");
        assertThat(flat.graph().nodes().get("call").getOp()).isEqualTo("NoOp");
        assertThat(flat.resolve(new TensorName("call", 0))).hasToString("call/mul:0");
        assertThat(flat.graph().origins().get("call/mul")).isEqualTo(new FlatGraph.Origin("square", "mul"));
    }

    @Test
    void nestedCallsComputeTheSame() {
        var inner = function(
                "inner",
                List.of("x", "y"),
                List.of("difference:z:0", "y"),
                node("sum", "AddV2", "x", "y"),
                node("difference", "Sub", "sum:z:0", "x"),
                node("unused", "Neg", "x"));
        var outer = function(
                "outer",
                List.of("x", "y"),
                List.of("second:output:1", "product:z:0"),
                call("first", "inner", 2, 2, "x", "y"),
                call("second", "inner", 2, 2, "first:output:1", "first:output:0"),
                node("product", "Mul", "second:output:0", "x"));
        var whole = graph(
                List.of(inner, outer),
                placeholder("a", 2),
                node("b", "Exp", "a"),
                call("call", "outer", 2, 2, "a", "b"),
                node("result", "Sub", "call:0", "call:1"));

        assertSameResult(whole, "result");
    }

    @Test
    void outputListsBecomeFlatIndices() {
        var halves = function(
                "halves",
                List.of("x"),
                List.of("split:output:1", "top:indices:0", "top:values:0"),
                constant("axis", intScalar(0)),
                node("split", "Split", Map.of("num_split", integer(2)), "axis:output:0", "x"),
                constant("k", intScalar(1)),
                node("top", "TopKV2", "x", "k:output:0"));
        var flat = flatten(graph(List.of(halves), placeholder("a", 4), call("call", "halves", 1, 3, "a")), "call");

        assertThat(flat.resolve(new TensorName("call", 0))).hasToString("call/split:1");
        assertThat(flat.resolve(new TensorName("call", 1))).hasToString("call/top:1");
        assertThat(flat.resolve(new TensorName("call", 2))).hasToString("call/top:0");
    }

    @Test
    void aFunctionCalledByItsNameGetsItsAttributes() {
        var twice = function(
                "twice",
                List.of("x"),
                List.of("sum:z:0"),
                node("sum", "AddV2", Map.of("T", placeholderAttribute("T")), "x", "x"));
        var call = node("call", "twice", Map.of("T", GraphText.type(DataType.DT_FLOAT)), "a");
        var flat = flatten(graph(List.of(twice), placeholder("a"), call), "call");

        assertThat(flat.graph().nodes().get("call/sum").getAttrOrThrow("T").getType())
                .isEqualTo(DataType.DT_FLOAT);
        assertThatThrownBy(() -> flatten(graph(List.of(twice), placeholder("a"), node("call", "twice", "a")), "call"))
                .isInstanceOf(UserException.class)
                .hasMessage("function 'twice' is called without its attribute 'T'");
    }

    @Test
    void identityNBecomesIdentitiesAndIsNoted() {
        var whole = graph(
                List.of(),
                placeholder("a", 2),
                node("b", "Neg", "a"),
                node("both", "IdentityN", Map.of("T", floats(2)), "a", "b"),
                node("result", "Mul", "both:1", "both:0"));
        var flat = flatten(whole, "result");

        assertThat(flat.graph().nodes().get("result").getInputList()).containsExactly("both/output_1", "both/output_0");
        assertThat(flat.notes())
                .containsExactly("IdentityN has become one Identity for each tensor; a custom gradient that it carried"
                        + " is replaced by the ops' own.");
        assertSameResult(whole, "result");
    }

    @Test
    void namesStayUnique() {
        var square = function("square", List.of("x"), List.of("mul:z:0"), node("mul", "Mul", "x", "x"));
        var whole = graph(
                List.of(square),
                placeholder("a"),
                node("call/mul", "Neg", "a"),
                call("call", "square", 1, 1, "call/mul"));

        assertThat(flatten(whole, "call").resolve(new TensorName("call", 0))).hasToString("call/mul_1:0");
    }

    @Test
    void devicesAndColocationAreDropped() {
        var here = AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addS(com.google.protobuf.ByteString.copyFromUtf8("loc:@b")))
                .build();
        var node =
                node("result", "Neg", Map.of("_class", here), "a").toBuilder().setDevice("/gpu:7");

        var result = flatten(graph(List.of(), placeholder("a"), node.build()), "result")
                .graph()
                .nodes()
                .get("result");
        assertThat(result.getDevice()).isEmpty();
        assertThat(result.getAttrMap()).containsOnlyKeys("T");
    }

    @Test
    void whatACallWaitsForItsStatefulNodesWaitFor() {
        var body = function(
                "body",
                List.of("x"),
                List.of("sum:z:0"),
                node("noise", "RandomStandardNormal", Map.of("T", GraphText.type(DataType.DT_INT32)), "size:output:0"),
                constant("size", GraphText.ints(1)),
                node("sum", "AddV2", "x", "noise:output:0"));
        var whole = graph(
                List.of(body), placeholder("a"), node("before", "NoOp"), call("call", "body", 1, 1, "a", "^before"));
        var nodes = flatten(whole, "call").graph().nodes();

        assertThat(FlatGraph.controlInputs(nodes.get("call/noise"))).containsExactly("before");
        assertThat(FlatGraph.controlInputs(nodes.get("call/sum"))).isEmpty();
    }

    @Test
    void aNodeAfterACallWaitsForItsControlOutputs() {
        var body = function("body", List.of("x"), List.of("x"), node("effect", "NoOp")).toBuilder()
                .putControlRet("effect", "effect")
                .build();
        var whole = graph(
                List.of(body), placeholder("a"), call("call", "body", 1, 1, "a"), node("after", "Neg", "a", "^call"));
        var nodes = flatten(whole, "after").graph().nodes();

        assertThat(nodes.get("after").getInputList()).containsExactly("a", "^call");
        assertThat(nodes.get("call").getInputList()).containsExactly("^call/effect");
    }

    @Test
    void recursionIsRefused() {
        var ping = function("ping", List.of("x"), List.of("go:output:0"), call("go", "pong", 1, 1, "x"));
        var pong = function("pong", List.of("x"), List.of("go:output:0"), call("go", "ping", 1, 1, "x"));

        assertRefused(
                graph(List.of(ping, pong), placeholder("a"), call("call", "ping", 1, 1, "a")),
                "function 'ping' calls itself; such a graph cannot be unfolded");
    }

    @Test
    void functionsThatDoubleAtEveryStepAreRefused() {
        assertRefused(chain(40, 2), "the graph has more than 100000 nodes when its functions are unfolded");
    }

    @Test
    void aDeepChainOfFunctionsIsRefused() {
        assertRefused(chain(200, 1), "functions call each other more than 100 deep");
    }

    @Test
    void aGraphThatIsNotWholeIsRefused() {
        assertRefused(
                graph(List.of(), placeholder("a"), call("call", "lost", 1, 1, "a")),
                "node 'call' calls the function 'lost', which the graph does not hold");
        assertRefused(graph(List.of(), node("call", "Neg", "lost")), "the graph has no node 'lost', which it needs");
        assertRefused(
                graph(List.of(), node("call", "Neg", "b"), node("b", "Neg", "call")),
                "the graph has a cycle: node 'call' waits for itself");
        assertRefused(
                graph(List.of(), placeholder("call"), placeholder("call")), "the graph has two nodes named 'call'");
        assertRefused(
                graph(List.of(), placeholder("a"), node("call", "Neg", "a:x")),
                "node 'call' takes 'a:x', which is no tensor's name");
    }

    @Test
    void aFunctionThatIsNotWholeIsRefused() {
        assertRefused(
                calling(function("body", List.of("x"), List.of("lost:y:0"))),
                "function 'body' names a tensor 'lost:y:0' that it does not hold");
        assertRefused(
                calling(function("body", List.of("x"), List.of("neg:z:0"), node("neg", "Neg", "x"))),
                "function 'body' names a tensor 'neg:z:0' that it does not hold");
        assertRefused(
                calling(function("body", List.of("x"), List.of("x"), node("x", "Neg", "x"))),
                "function 'body' has the name 'x' twice");
        assertRefused(
                calling(function("body", List.of("x", "y"), List.of("x"))),
                "function 'body' takes 2 tensors and is called with 1");
        assertRefused(
                calling(function("body", List.of("x"), List.of("odd:y:0"), node("odd", "NoSuchOp", "x"))),
                "op NoSuchOp of node 'odd' is not known to this TensorFlow");
        assertRefused(
                calling(function(
                        "body", List.of("x"), List.of("b:y:0"), node("b", "Neg", "c:y:0"), node("c", "Neg", "b:y:0"))),
                "the graph has a cycle: node 'call/b' waits for itself");
    }

    private static GraphDef calling(FunctionDef body) {
        return graph(List.of(body), placeholder("a"), call("call", "body", 1, 1, "a"));
    }

    /** f0 calls f1 {@code times} times, f1 calls f2, and so on. */
    private static GraphDef chain(int length, int times) {
        var functions = new ArrayList<FunctionDef>();
        for (int i = 0; i < length; i++) {
            var calls = new NodeDef[times];
            for (int k = 0; k < times; k++) {
                calls[k] = call("go" + k, "f" + (i + 1), 1, 1, k == 0 ? "x" : "go" + (k - 1) + ":output:0");
            }
            functions.add(function("f" + i, List.of("x"), List.of("go" + (times - 1) + ":output:0"), calls));
        }
        functions.add(function("f" + length, List.of("x"), List.of("x")));
        return graph(functions, placeholder("a"), call("call", "f0", 1, 1, "a"));
    }

    private static Flattener.Result flatten(GraphDef graph, String root) {
        return Flattener.flatten(graph, List.of(root), OPS);
    }

    private static void assertRefused(GraphDef graph, String message) {
        assertThatThrownBy(() -> flatten(graph, "call"))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    private static void assertSameResult(GraphDef whole, String node) {
        var flat = flatten(whole, node);
        assertThat(run(
                        flat.graph().toGraphDef(),
                        flat.resolve(new TensorName(node, 0)).toString()))
                .containsExactly(run(whole, node));
    }

    private static float[] run(GraphDef graphDef, String fetch) {
        try (var graph = new Graph();
                var images = TFloat32.vectorOf(.3f, -1.7f)) {
            graph.importGraphDef(graphDef);
            try (var session = new Session(graph);
                    var result = session.runner().feed("a", images).fetch(fetch).run()) {
                return StdArrays.array1dCopyOf((TFloat32) result.get(0));
            }
        }
    }
}
