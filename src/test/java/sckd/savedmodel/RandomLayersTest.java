package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.intScalar;
import static sckd.savedmodel.GraphText.integer;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** What training does to images at random, as Keras 2, Keras 3 and TF 1 write it; in inference nothing of it is left. */
class RandomLayersTest {
    private static final String DROPOUT = "Dropout is on in inference; here it is off.";
    private static final String FLIPS = "Random flips of images are on in inference; here they are off.";
    private static final String MOVES =
            "Random rotations, zooms or translations of images are on in inference; here they are off.";
    private static final String LIGHT =
            "Images are made brighter, darker or of another contrast at random in inference; here they are left as they are.";
    private static final String NOISE = "Random noise is on in inference; here its mean 0 takes its place.";
    private static final AttrValue INT = type(DataType.DT_INT32);
    private static final AttrValue BOOL = type(DataType.DT_BOOL);

    @ParameterizedTest
    @ValueSource(strings = {"GreaterEqual", "Less"})
    void dropoutAsAChoiceIsOff(String comparison) {
        // kept where u ≥ .2, or where u < .8
        var rewriting = rewriting(
                node("scaled", "Mul", "images", "1.25"),
                node("kept", comparison, "uniform", comparison.equals("Less") ? "0.8" : "0.2"),
                node("result", "SelectV2", "kept", "scaled", "0"));

        assertUnchanged(rewriting, DROPOUT);
    }

    @Test
    void dropoutAsAMaskIsOff() {
        var rewriting = rewriting(
                node("scaled", "Mul", "images", "1.25"),
                node("kept", "GreaterEqual", "uniform", "0.2"),
                node("mask", "Cast", Map.of("SrcT", BOOL), "kept"),
                node("result", "Mul", "scaled", "mask"));

        assertUnchanged(rewriting, DROPOUT);
    }

    /** {@code x / keep · ⌊keep + u⌋}, with u written as a number between bounds. */
    @Test
    void dropoutOfTf1IsOff() {
        var rewriting = rewriting(
                node("range", "Sub", "1", "0"),
                node("stretched", "Mul", "uniform", "range"),
                node("between", "Add", "stretched", "0"),
                node("sum", "Add", "0.8", "between"),
                node("mask", "Floor", "sum"),
                node("scaled", "RealDiv", "images", "0.8"),
                node("result", "Mul", "scaled", "mask"));

        assertUnchanged(rewriting, DROPOUT);
    }

    @Test
    void dropoutAfterDropoutIsOff() {
        var rewriting = rewriting(
                node("scaled", "Mul", "images", "1.25"),
                node("kept", "GreaterEqual", "uniform", "0.2"),
                node("first", "SelectV2", "kept", "scaled", "0"),
                node("again", "Mul", "first", "1.25"),
                node("result", "SelectV2", "kept", "again", "0"));

        assertUnchanged(rewriting, DROPOUT);
    }

    @Test
    void inTrainingDropoutStays() {
        var rewriting = new Rewriting(
                GraphRewrite.Purpose.TRAINING,
                FunctionDefLibrary.getDefaultInstance(),
                placeholder("images", 2, 2),
                constant("2", floatScalar(2)),
                constant("half", floatScalar(.5f)),
                constant("0", floatScalar(0)),
                node("shape", "Shape", Map.of("out_type", INT), "images"),
                node("uniform", "RandomUniform", Map.of("T", INT), "shape"),
                node("scaled", "Mul", "images", "2"),
                node("kept", "GreaterEqual", "uniform", "half"),
                node("result", "SelectV2", "kept", "scaled", "0"));

        assertThat(rewriting.ops()).contains("RandomUniform", "SelectV2");
        assertThat(rewriting.notes()).isEmpty();
    }

    /** A mask that is not made up for is not dropout; it is drawn once. */
    @Test
    void anotherMaskStays() {
        var rewriting = rewriting(
                node("kept", "GreaterEqual", "uniform", "0.2"), node("result", "SelectV2", "kept", "images", "0"));

        assertThat(rewriting.notes())
                .containsExactly("The outputs depend on random draws, of which one is taken for all runs:"
                        + " StatelessRandomUniform (node 'uniform').");
        assertThat(rewriting.run()).isEqualTo(rewriting.run()).contains(0).isNotEqualTo(new float[24]);
    }

    @Test
    void aFlipAsAChoiceIsOff() {
        var rewriting = rewriting(
                constant("axis", ints(2)),
                node("mirrored", "ReverseV2", "images", "axis"),
                node("condition", "LessEqual", "uniform", "0.2"),
                node("result", "SelectV2", "condition", "mirrored", "images"));

        assertUnchanged(rewriting, FLIPS);
    }

    @Test
    void aFlipAsABlendIsOff() {
        var rewriting = rewriting(
                constant("axis", ints(2)),
                node("mirrored", "ReverseV2", "images", "axis"),
                node("side", "Round", "uniform"),
                node("one", "Mul", "side", "mirrored"),
                node("other-side", "Sub", "1", "side"),
                node("other", "Mul", "other-side", "images"),
                node("result", "AddV2", "one", "other"));

        assertUnchanged(rewriting, FLIPS);
    }

    @Test
    void aTransformationIsOff() {
        var rewriting = rewriting(
                constant("begin", ints(1)),
                constant("end", ints(3)),
                constant("step", ints(1)),
                node("size", "StridedSlice", Map.of("T", INT, "Index", INT), "shape", "begin", "end", "step"),
                constant("matrices", ints(2, 8)),
                node("draws", "RandomUniform", Map.of("T", INT), "matrices"),
                node(
                        "result",
                        "ImageProjectiveTransformV3",
                        Map.of("interpolation", GraphText.string("BILINEAR")),
                        "images",
                        "draws",
                        "size",
                        "0"));

        assertUnchanged(rewriting, MOVES);
    }

    @Test
    void noiseIsOff() {
        var rewriting = rewriting(
                node("normal", "RandomStandardNormal", Map.of("T", INT), "shape"),
                node("noise", "Mul", "normal", "0.2"),
                node("result", "AddV2", "images", "noise"));

        assertUnchanged(rewriting, NOISE);
    }

    /** Of 1 to 1.25, as Keras 3 draws it, 1 changes nothing; of −.2 to .2 it is 0. */
    @Test
    void brightnessAndContrastStayAsTheyAre() {
        var rewriting = rewriting(
                node("contrast-range", "Sub", "1.25", "1"),
                node("stretched", "Mul", "uniform", "contrast-range"),
                node("contrast", "AddV2", "stretched", "1"),
                node("contrasted", "Mul", "images", "contrast"),
                node("draw", "RandomUniform", Map.of("T", INT), "shape"),
                constant("0.4", floatScalar(.4f)),
                constant("minus", floatScalar(-.2f)),
                node("narrow", "Mul", "draw", "0.4"),
                node("delta", "AddV2", "narrow", "minus"),
                node("result", "AddV2", "contrasted", "delta"));

        assertUnchanged(rewriting, LIGHT);
    }

    @Test
    void aFactorThatAlwaysChangesTakesItsMiddle() {
        var rewriting = rewriting(node("factor", "Mul", "uniform", "0.2"), node("result", "Mul", "images", "factor"));

        assertThat(rewriting.notes())
                .containsExactly(
                        "A factor or a term is drawn at random in inference; here it is the middle of its range.");
        var images = rewriting(node("result", "Identity", "images")).run();
        for (int i = 0; i < images.length; i++) {
            assertThat(rewriting.run()[i]).isCloseTo(images[i] * .1f, within(1e-7f));
        }
    }

    /** A generator's state and the seed that a call moves are not needed. */
    @Test
    void aGeneratorIsNotNeeded() {
        var rewriting = rewriting(
                GraphText.variable("generator", 3),
                constant("algorithm", intScalar(1)),
                constant("delta", long64(256)),
                node("state", "RngReadAndSkip", "generator", "algorithm", "delta"),
                constant("first", ints(0)),
                constant("third", ints(2)),
                constant("end", ints(3)),
                constant("step", ints(1)),
                node(
                        "key",
                        "StridedSlice",
                        Map.of("T", type(DataType.DT_INT64), "Index", INT),
                        "state",
                        "third",
                        "end",
                        "step"),
                node(
                        "counter",
                        "StridedSlice",
                        Map.of("T", type(DataType.DT_INT64), "Index", INT),
                        "state",
                        "first",
                        "third",
                        "step"),
                node(
                        "key-bits",
                        "Bitcast",
                        Map.of("T", type(DataType.DT_INT64), "type", type(DataType.DT_UINT64)),
                        "key"),
                node(
                        "counter-bits",
                        "Bitcast",
                        Map.of("T", type(DataType.DT_INT64), "type", type(DataType.DT_UINT64)),
                        "counter"),
                node(
                        "draw",
                        "StatelessRandomUniformV2",
                        Map.of("Tshape", INT),
                        "shape",
                        "key-bits",
                        "counter-bits",
                        "algorithm"),
                node("kept", "GreaterEqual", "draw", "0.2"),
                node("result", "SelectV2", "kept", "images", "0"));

        assertThat(rewriting.ops()).doesNotContain("RngReadAndSkip", "VarHandleOp");
        assertThat(rewriting.run()).isEqualTo(rewriting.run()).contains(0);
    }

    @Test
    void aSeedIsNotMoved() {
        var rewriting = rewriting(
                GraphText.variable("seed", 2).toBuilder()
                        .putAttr("dtype", type(DataType.DT_INT64))
                        .build(),
                node("read", "ReadVariableOp", Map.of("dtype", type(DataType.DT_INT64)), "seed"),
                node("next", "AddV2", Map.of("T", type(DataType.DT_INT64)), "read", "read"),
                node("assign", "AssignVariableOp", Map.of("dtype", type(DataType.DT_INT64)), "seed", "next"),
                node("result", "Identity", "images", "^assign"));

        assertUnchanged(
                rewriting,
                "A call of the model moves counters or seeds of its own; in inference they stay as they are.");
    }

    private static TensorProto long64(long value) {
        return intScalar(0).toBuilder()
                .setDtype(DataType.DT_INT64)
                .clearIntVal()
                .addInt64Val(value)
                .build();
    }

    private static Rewriting rewriting(NodeDef... nodes) {
        var all = new ArrayList<>(List.of(placeholder("images", 2, 2, 3, 2)));
        for (var value : List.of("0", "1", "0.2", "0.8", "1.25")) {
            all.add(constant(value, floatScalar(Float.parseFloat(value))));
        }
        all.add(node("shape", "Shape", Map.of("out_type", INT), "images"));
        all.add(node("uniform", "RandomUniform", Map.of("T", INT, "seed", integer(0)), "shape"));
        all.addAll(List.of(nodes));
        return new Rewriting(all.toArray(NodeDef[]::new)).feed("images", 2, 2, 3, 2);
    }

    private static void assertUnchanged(Rewriting rewriting, String note) {
        assertThat(rewriting.notes()).containsExactly(note);
        var images = new Rewriting(placeholder("images", 2, 2, 3, 2), node("result", "Identity", "images"))
                .feed("images", 2, 2, 3, 2);
        Rewriting.assertClose(rewriting.run(), BatchNormModel.doubles(images.run()), 1e-6);
        assertThat(rewriting.ops()).noneMatch(op -> op.contains("Random") || op.contains("Assign"));
        Rewriting.assertClose(rewriting.gradient("images"), BatchNormModel.doubles(images.gradient("images")), 1e-6);
    }
}
