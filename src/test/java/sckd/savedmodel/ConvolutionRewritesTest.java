package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.integers;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.string;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** Explicit paddings and dilations, against the ops that have them. */
class ConvolutionRewritesTest {
    private static final AttrValue EXPLICIT = string("EXPLICIT");
    private static final AttrValue PADDINGS = integers(0, 0, 1, 2, 0, 1, 0, 0);

    @ParameterizedTest
    @ValueSource(strings = {"Conv2D", "DepthwiseConv2dNative"})
    void aConvolutionThatPadsByNumbersTakesAPaddedImage(String op) {
        var attributes = Map.of("padding", EXPLICIT, "explicit_paddings", PADDINGS, "strides", integers(1, 2, 2, 1));
        var rewriting = convolution(op, attributes, -1, -1);

        assertThat(rewriting.ops()).contains("Pad", op);
        rewriting.assertEqualResults();
        rewriting.assertGradient("images");
        rewriting.assertGradient("kernel");
    }

    @Test
    void aMaxPoolThatPadsByNumbersNeverTakesThePadding() {
        var attributes = Map.of(
                "padding",
                EXPLICIT,
                "explicit_paddings",
                PADDINGS,
                "ksize",
                integers(1, 3, 3, 1),
                "strides",
                integers(1, 2, 2, 1));
        var negative = node("negative", "Sub", "images", "ten");
        var ten = GraphText.constant("ten", GraphText.floatScalar(10));
        var pool = node("pool", "MaxPool", attributes, "negative");
        var rewriting = new Rewriting(placeholder("images", -1, -1, -1, 2), ten, negative, pool)
                .feed("images", apart(2 * 5 * 6 * 2), 2, 5, 6, 2);

        assertThat(rewriting.ops()).contains("PadV2", "MaxPool");
        rewriting.assertEqualResults();
        rewriting.assertGradient("images");
    }

    /** Numbers so far from each other that a small step does not change which one is the largest. */
    private static float[] apart(int size) {
        var numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = i * 37 % size / 10f;
        }
        return numbers;
    }

    /** Of a kernel 3×2 and images 7×8; sizes that the graph leaves open, too. */
    @ParameterizedTest
    @CsvSource({
        "Conv2D, SAME, 2, 3, 1, -1",
        "Conv2D, VALID, 2, 3, 1, -1",
        "Conv2D, SAME, 2, 3, 1, 1",
        "Conv2D, VALID, 1, 2, 1, 1",
        "Conv2D, SAME, 2, 2, 2, -1",
        "Conv2D, VALID, 2, 3, 2, 1",
        "DepthwiseConv2dNative, SAME, 2, 3, 1, -1",
        "DepthwiseConv2dNative, VALID, 2, 2, 1, 1",
        "DepthwiseConv2dNative, SAME, 3, 2, 2, 1"
    })
    void aDilatedConvolutionIsAPlainOne(String op, String padding, int down, int across, int stride, int known) {
        var attributes = Map.of(
                "padding", string(padding),
                "dilations", integers(1, down, across, 1),
                "strides", integers(1, stride, stride, 1));
        var rewriting = known < 0 ? convolution(op, attributes, -1, -1) : convolution(op, attributes, 7, 8);

        assertThat(rewriting.graph().getNodeList())
                .filteredOn(node -> node.getOp().equals(op))
                .allMatch(node ->
                        Attributes.integersOf(node, "dilations").stream().allMatch(d -> d == 1));
        rewriting.assertEqualResults();
        rewriting.assertGradient("images");
        rewriting.assertGradient("kernel");
    }

    @Test
    void aDilatedConvolutionMayPadByNumbers() {
        var attributes = Map.of(
                "padding",
                EXPLICIT,
                "explicit_paddings",
                PADDINGS,
                "dilations",
                integers(1, 2, 2, 1),
                "strides",
                integers(1, 1, 1, 1));
        var rewriting = convolution("Conv2D", attributes, -1, -1);

        rewriting.assertEqualResults();
        rewriting.assertGradient("kernel");
    }

    /** What a layer's map measures is known before a run. */
    @Test
    void theShapeOfADilatedConvolutionStaysKnown() {
        var attributes =
                Map.of("padding", string("SAME"), "dilations", integers(1, 2, 3, 1), "strides", integers(1, 1, 1, 1));
        var graph = convolution("Conv2D", attributes, 7, 8).graph();

        assertThat(Shapes.describe(TensorTypes.infer(graph).shape(new TensorName("result", 0))))
                .isEqualTo("[?, 7, 8, 3]");
    }

    private static Rewriting convolution(String op, Map<String, AttrValue> attributes, int height, int width) {
        NodeDef result = node("result", op, attributes, "images", "kernel");
        return new Rewriting(placeholder("images", -1, height, width, 2), placeholder("kernel", 3, 2, 2, 3), result)
                .feed("images", 2, 7, 8, 2)
                .feed("kernel", 3, 2, 2, 3);
    }
}
