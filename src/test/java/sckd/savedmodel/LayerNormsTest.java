package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Rows of a variance near 1e-4, that an epsilon of .001 would shrink to a third. */
class LayerNormsTest {
    private static final int ROWS = 6;
    private static final int WIDTH = 8;
    private static final float EPSILON = 2e-5f;
    private static final float[] GAMMA = {.5f, 1, 1.5f, 2, -1, .25f, 3, 1};
    private static final float[] BETA = {1, -1, .5f, 0, 2, -.5f, .1f, -2};

    static Stream<List<NodeDef>> written() {
        var roots = List.of(
                List.of(node("root", "Rsqrt", "sum"), node("normalised", "Mul", "centred", "root")),
                List.of(node("root", "Sqrt", "sum"), node("normalised", "RealDiv", "centred", "root")),
                List.of(
                        constant("exponent", floatScalar(-.5f)),
                        node("root", "Pow", "sum", "exponent"),
                        node("normalised", "Mul", "centred", "root")));
        return Stream.concat(
                Stream.of(ofConstants()),
                roots.stream()
                        .flatMap(root -> Stream.of(
                                ofVariables("variance", "epsilon", root), ofVariables("epsilon", "variance", root))));
    }

    @ParameterizedTest
    @MethodSource("written")
    void aNormOfRowsHasItsOwnEpsilon(List<NodeDef> norm) {
        check(norm, ROWS, WIDTH);
    }

    @ParameterizedTest
    @MethodSource("written")
    void aNormOfTokensHasItsOwnEpsilon(List<NodeDef> norm) {
        check(norm, 2, ROWS / 2, WIDTH);
    }

    /** TensorFlow fuses it rightly: nothing is to be done. */
    @Test
    void anInstanceNormStaysAsItIs() {
        var rewriting = new Rewriting(
                placeholder("images", -1, 4, 4, 2),
                constant("axis", ints(1, 2)),
                constant("epsilon", floatScalar(EPSILON)),
                mean("variance", "images"),
                node("sum", "AddV2", "variance", "epsilon"),
                node("result", "Rsqrt", "sum"));

        assertThat(rewriting.ops()).contains("AddV2").doesNotContain("Sub");
    }

    private static void check(List<NodeDef> norm, long... shape) {
        var x = new float[ROWS * WIDTH];
        var random = new Random(1);
        for (int i = 0; i < x.length; i++) {
            x[i] = .01f * (float) random.nextGaussian();
        }
        var open = shape.clone();
        open[0] = -1;
        var nodes = new ArrayList<>(List.of(
                placeholder("images", open),
                placeholder("gamma", WIDTH),
                placeholder("beta", WIDTH),
                constant("constant_gamma", ConstantModel.floats(GAMMA, WIDTH)),
                constant("constant_beta", ConstantModel.floats(BETA, WIDTH)),
                constant("epsilon", floatScalar(EPSILON)),
                constant("axis", ints(shape.length - 1))));
        nodes.addAll(norm);
        var rewriting = new Rewriting(nodes.toArray(NodeDef[]::new)).feed("images", x, shape);
        if (rewriting.graph().getNodeList().stream()
                .anyMatch(node -> node.getName().equals("gamma"))) {
            rewriting.feed("gamma", GAMMA, WIDTH).feed("beta", BETA, WIDTH);
        }
        Rewriting.assertClose(rewriting.run(), plain(x), 1e-5);
    }

    private static double[] plain(float[] x) {
        var y = new double[x.length];
        for (int from = 0; from < x.length; from += WIDTH) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < WIDTH; i++) {
                mean += x[from + i] / (double) WIDTH;
            }
            for (int i = 0; i < WIDTH; i++) {
                variance += Math.pow(x[from + i] - mean, 2) / WIDTH;
            }
            for (int i = 0; i < WIDTH; i++) {
                y[from + i] = (x[from + i] - mean) / Math.sqrt(variance + EPSILON) * GAMMA[i] + BETA[i];
            }
        }
        return y;
    }

    /** {@code tf.nn.moments} and {@code tf.nn.batch_normalization}, as Keras 2 has it. */
    private static List<NodeDef> ofConstants() {
        return List.of(
                mean("mean", "images"),
                node("fixed", "StopGradient", "mean"),
                node("squares", "SquaredDifference", "images", "fixed"),
                mean("variance", "squares"),
                node("sum", "AddV2", "variance", "epsilon"),
                node("root", "Rsqrt", "sum"),
                node("scale", "Mul", "root", "constant_gamma"),
                node("scaled", "Mul", "images", "scale"),
                node("shift", "Mul", "mean", "scale"),
                node("offset", "Sub", "constant_beta", "shift"),
                node("result", "AddV2", "scaled", "offset"));
    }

    /** {@code (x − mean) / √(variance + epsilon) · gamma + beta}. */
    private static List<NodeDef> ofVariables(String first, String second, List<NodeDef> normalised) {
        var nodes = new ArrayList<>(List.of(
                mean("mean", "images"),
                node("centred", "Sub", "images", "mean"),
                node("squares", "SquaredDifference", "images", "mean"),
                mean("variance", "squares"),
                node("sum", "AddV2", first, second)));
        nodes.addAll(normalised);
        nodes.add(node("scaled", "Mul", "normalised", "gamma"));
        nodes.add(node("result", "AddV2", "scaled", "beta"));
        return nodes;
    }

    private static NodeDef mean(String name, String of) {
        var keep = AttrValue.newBuilder().setB(true).build();
        return node(name, "Mean", Map.of("keep_dims", keep, "Tidx", GraphText.type(DataType.DT_INT32)), of, "axis");
    }
}
