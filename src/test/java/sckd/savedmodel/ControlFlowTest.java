package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.floats;
import static sckd.savedmodel.GraphText.function;
import static sckd.savedmodel.GraphText.intScalar;
import static sckd.savedmodel.GraphText.integer;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.shape;
import static sckd.savedmodel.GraphText.type;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import sckd.UserException;

/** Branches: of {@code 2x}, {@code −x} and {@code x²}, and what is refused. */
class ControlFlowTest {
    private static final AttrValue BOOL = type(DataType.DT_BOOL);
    private static final FunctionDef TWICE =
            function("twice", List.of("x"), List.of("sum:z:0"), node("sum", "AddV2", "x", "x"));
    private static final FunctionDef NEGATIVE =
            function("negative", List.of("x"), List.of("neg:y:0"), node("neg", "Neg", "x"));
    private static final FunctionDef SQUARE =
            function("square", List.of("x"), List.of("square:y:0"), node("square", "Square", "x"));

    @ParameterizedTest
    @CsvSource({"If, true, 6", "StatelessIf, true, 6", "If, false, -3"})
    void anIfWithAConstantConditionIsItsBranch(String op, boolean condition, float expected) {
        var rewriting = new Rewriting(
                library(TWICE, NEGATIVE),
                placeholder("x"),
                constant("training", bool(condition)),
                node("phase", "PlaceholderWithDefault", Map.of("dtype", BOOL, "shape", shape()), "training"),
                node("not", "LogicalNot", "phase"),
                node("again", "LogicalNot", "not"),
                branch("result", op, Map.of("Tcond", BOOL), "again"));
        rewriting.feed("x", new float[] {3});

        assertThat(rewriting.run()).containsExactly(expected);
        assertThat(rewriting.gradient("x")).hasSize(1);
        assertThat(rewriting.notes())
                .containsExactly(
                        "The input 'phase' is not fed and keeps its default.",
                        "Branches whose condition is constant in inference are decided.");
    }

    /** An index beyond the branches stands for the last one. */
    @ParameterizedTest
    @CsvSource({"0, 6", "1, -3", "2, 9", "7, 9", "-1, 9"})
    void aCaseWithAConstantIndexIsItsBranch(int index, float expected) {
        var branches = AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder()
                        .addFunc(NameAttrList.newBuilder().setName("twice"))
                        .addFunc(NameAttrList.newBuilder().setName("negative"))
                        .addFunc(NameAttrList.newBuilder().setName("square")))
                .build();
        var rewriting = new Rewriting(
                library(TWICE, NEGATIVE, SQUARE),
                placeholder("x"),
                constant("index", intScalar(index)),
                node(
                        "result",
                        "Case",
                        Map.of("branches", branches, "Tin", floats(1), "Tout", floats(1)),
                        "index",
                        "x"));

        assertThat(rewriting.feed("x", new float[] {3}).run()).containsExactly(expected);
    }

    /** The inner condition is an argument of the function that holds the inner branch. */
    @Test
    void aBranchMayHoldABranch() {
        var inner = node(
                "inner",
                "If",
                Map.of(
                        "Tcond", type(DataType.DT_FLOAT),
                        "Tin", floats(1),
                        "Tout", floats(1),
                        "then_branch", GraphText.function("twice"),
                        "else_branch", GraphText.function("negative")),
                "one:output:0",
                "x");
        var outer = function("outer", List.of("x"), List.of("inner:output:0"), constant("one", floatScalar(1)), inner);
        var rewriting = new Rewriting(
                library(TWICE, NEGATIVE, outer),
                placeholder("x"),
                constant("training", bool(false)),
                node(
                        "result",
                        "If",
                        Map.of(
                                "Tcond", BOOL,
                                "Tin", floats(1),
                                "Tout", floats(1),
                                "then_branch", GraphText.function("negative"),
                                "else_branch", GraphText.function("outer")),
                        "training",
                        "x"));

        assertThat(rewriting.feed("x", new float[] {3}).run()).containsExactly(6);
        assertThat(rewriting.graph().getNodeList()).extracting(NodeDef::getName).contains("result/inner/sum");
    }

    @Test
    void aBranchThatHoldsItselfIsRefused() {
        var endless = function(
                "endless",
                List.of("x"),
                List.of("inner:output:0"),
                constant("one", floatScalar(1)),
                node(
                        "inner",
                        "If",
                        Map.of(
                                "Tcond", type(DataType.DT_FLOAT),
                                "Tin", floats(1),
                                "Tout", floats(1),
                                "then_branch", GraphText.function("endless"),
                                "else_branch", GraphText.function("endless")),
                        "one:output:0",
                        "x"));
        assertRefused(
                "branches hold each other more than 20 deep",
                library(endless),
                placeholder("x"),
                GraphText.call("result", "endless", 1, 1, "x"));
    }

    /** As TF 1 writes {@code tf.cond}: pivots, constants that wait for them, one Merge. */
    @ParameterizedTest
    @CsvSource({"true, 13", "false, -3"})
    void aSwitchWithAConstantConditionHandsOn(boolean condition, float expected) {
        var rewriting = new Rewriting(cond(constant("condition", bool(condition))));

        assertThat(rewriting.feed("x", new float[] {3}).run()).containsExactly(expected);
        assertThat(rewriting.ops()).doesNotContain("Switch", "Merge");
        assertThat(rewriting.gradient("x")).hasSize(1);
        assertThat(rewriting.notes()).containsExactly("Branches whose condition is constant in inference are decided.");
    }

    @Test
    void aMergeSaysWhichWayWasTaken() {
        var nodes = new ArrayList<>(List.of(cond(constant("condition", bool(true)))));
        nodes.add(node("way", "Cast", Map.of("SrcT", type(DataType.DT_INT32)), "result:1"));

        assertThat(new Rewriting(nodes.toArray(NodeDef[]::new)).run()).containsExactly(1);
    }

    private static NodeDef[] cond(NodeDef... conditions) {
        var nodes = new ArrayList<>(List.of(placeholder("x")));
        nodes.addAll(List.of(conditions));
        nodes.addAll(List.of(
                node("pivots", "Switch", Map.of("T", BOOL), "condition", "condition"),
                node("yes", "Identity", Map.of("T", BOOL), "pivots:1"),
                node("no", "Identity", Map.of("T", BOOL), "pivots"),
                node("switch", "Switch", "x", "condition"),
                constant("ten", floatScalar(10)).toBuilder().addInput("^yes").build(),
                node("more", "AddV2", "switch:1", "ten"),
                node("less", "Neg", "switch"),
                node("result", "Merge", Map.of("N", integer(2)), "less", "more")));
        return nodes.toArray(NodeDef[]::new);
    }

    @Test
    void aConditionThatIsNotConstantIsRefused() {
        var zero = constant("zero", floatScalar(0));
        var positive = node("condition", "Greater", "x", "zero");
        assertRefused(
                "Switch (node 'switch') chooses by 'condition:0', which is not constant, and cannot be computed both ways;"
                        + " expected branches of If that only compute, or conditions that are constant",
                library(),
                cond(zero, positive));
    }

    @ParameterizedTest
    @CsvSource({"If, 3", "StatelessIf, 3", "If, -3"})
    void anIfWhoseBranchesOnlyComputeIsComputedBothWays(String op, float x) {
        var rewriting = new Rewriting(
                library(TWICE, NEGATIVE),
                placeholder("x"),
                constant("zero", floatScalar(0)),
                node("condition", "Greater", "x", "zero"),
                branch("result", op, Map.of("Tcond", BOOL), "condition"));
        rewriting.feed("x", new float[] {x});

        assertThat(rewriting.run()).containsExactly(x > 0 ? 2 * x : -x);
        assertThat(rewriting.gradient("x")).hasSize(1);
        rewriting.assertGradient("x");
        assertThat(rewriting.notes())
                .containsExactly("Both branches of 'result' are computed, as its condition is not constant;"
                        + " the chosen one's results are taken.");
    }

    /** Of two results the second is taken, of a branch that holds a branch. */
    @ParameterizedTest
    @ValueSource(floats = {3, -3})
    void branchesMayHaveSeveralResultsAndBranches(float x) {
        var inner = branch("inner", "StatelessIf", Map.of("Tcond", BOOL), "condition:z:0");
        var outer = function(
                "outer",
                List.of("x"),
                List.of("x", "inner:output:0"),
                constant("one", floatScalar(1)),
                node("condition", "Less", "x", "one:output:0"),
                inner);
        var both = function("both", List.of("x"), List.of("x", "square:y:0"), node("square", "Square", "x"));
        var attributes = Map.of(
                "Tcond", BOOL,
                "Tin", floats(1),
                "Tout", floats(2),
                "then_branch", GraphText.function("both"),
                "else_branch", GraphText.function("outer"));
        var rewriting = new Rewriting(
                library(TWICE, NEGATIVE, both, outer),
                placeholder("x"),
                constant("zero", floatScalar(0)),
                node("condition", "Greater", "x", "zero"),
                node("if", "StatelessIf", attributes, "condition", "x"),
                node("result", "Neg", "if:1"));
        rewriting.feed("x", new float[] {x});

        assertThat(rewriting.run()).containsExactly(x > 0 ? -x * x : -2 * x);
        rewriting.assertGradient("x");
    }

    @Test
    void aBranchThatDoesMoreThanComputeIsRefused() {
        var reading = function(
                "reading",
                List.of("x"),
                List.of("x"),
                constant("path", GraphText.stringScalar("file")),
                node("read", "ReadFile", "path:output:0"));
        var calling = function("calling", List.of("x"), List.of("x"), GraphText.call("call", "reading", 1, 1, "x"));
        var attributes = Map.of(
                "Tcond", BOOL,
                "Tin", floats(1),
                "Tout", floats(1),
                "then_branch", GraphText.function("twice"),
                "else_branch", GraphText.function("calling"));
        assertRefused(
                "If (node 'result') chooses by 'condition:0', which is not constant, and cannot be computed both ways;"
                        + " expected branches of If that only compute, or conditions that are constant",
                library(TWICE, reading, calling),
                placeholder("x"),
                constant("zero", floatScalar(0)),
                node("condition", "Greater", "x", "zero"),
                node("result", "If", attributes, "condition", "x"));
    }

    /** What is asserted of a value cannot be known before a run; nothing but the assertion waits for it. */
    @Test
    void aBranchThatOnlyAssertsIsLeftOut() {
        var asserting = function(
                "asserting",
                List.of("x"),
                List.of("x"),
                node("assert", "Assert", Map.of("T", floats(1)), "ok:output:0", "x"),
                constant("ok", bool(true)));
        var nodes = List.of(
                placeholder("x"),
                constant("zero", floatScalar(0)),
                node("condition", "Greater", "x", "zero"),
                node(
                        "guard",
                        "If",
                        Map.of(
                                "Tcond", BOOL,
                                "Tin", floats(1),
                                "Tout", floats(1),
                                "then_branch", GraphText.function("twice"),
                                "else_branch", GraphText.function("asserting")),
                        "condition",
                        "x"),
                node("result", "Neg", "x", "^guard"));
        var rewriting = new Rewriting(library(TWICE, asserting), nodes.toArray(NodeDef[]::new));

        assertThat(rewriting.ops()).containsExactly("Placeholder", "Neg");
    }

    @Test
    void loopsAreRefused() {
        var attributes =
                Map.of("T", floats(1), "cond", GraphText.function("twice"), "body", GraphText.function("negative"));
        var loop = function("loop", List.of("x"), List.of("while:output:0"), node("while", "While", attributes, "x"));
        assertRefused(
                "While (node 'while' of function 'loop') is a loop; loops cannot be used",
                library(TWICE, NEGATIVE, loop),
                placeholder("x"),
                GraphText.call("result", "loop", 1, 1, "x"));
        assertRefused(
                "NextIteration (node 'next') is a loop; loops cannot be used",
                library(),
                placeholder("x"),
                node("enter", "Enter", Map.of("frame_name", GraphText.string("frame")), "x"),
                node("again", "Merge", Map.of("N", integer(2)), "enter", "next"),
                node("next", "NextIteration", "again"),
                node("result", "Exit", "again"));
    }

    private static void assertRefused(String message, FunctionDefLibrary library, NodeDef... nodes) {
        assertThatThrownBy(() -> new Rewriting(library, nodes))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    private static NodeDef branch(String name, String op, Map<String, AttrValue> attributes, String condition) {
        var all = new HashMap<>(attributes);
        all.put("Tin", floats(1));
        all.put("Tout", floats(1));
        all.put("then_branch", GraphText.function("twice"));
        all.put("else_branch", GraphText.function("negative"));
        return node(name, op, all, condition, "x");
    }

    private static FunctionDefLibrary library(FunctionDef... functions) {
        return FunctionDefLibrary.newBuilder()
                .addAllFunction(List.of(functions))
                .build();
    }

    private static TensorProto bool(boolean value) {
        return TensorProto.newBuilder()
                .setDtype(DataType.DT_BOOL)
                .setTensorShape(GraphText.shapeProto())
                .addBoolVal(value)
                .build();
    }
}
