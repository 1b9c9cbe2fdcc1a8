package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * Writes local response norms out (Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 3.3),
 * {@code x / (bias + alpha · Σ x²)^beta} with the sum over the channels that are {@code radius} away at most: the gradient of LRN in
 * TensorFlow's C++ library takes the defaults of these four numbers, whatever the node says.
 */
final class LocalResponseNorms {
    private LocalResponseNorms() {}

    /** A norm over a number of channels that is not known stays as it is. */
    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        if (graph.nodes().values().stream().noneMatch(node -> node.getOp().equals("LRN"))) {
            return graph;
        }
        var types = TensorTypes.infer(graph.toGraphDef());
        return GraphEdit.rewrite(graph, context.replacements(), at -> {
            if (at.node().getOp().equals("LRN")) {
                rewrite(at, types.shape(at.originalInputs().get(0)));
            }
        });
    }

    private static void rewrite(NodeWriter at, Shape x) {
        if (x.numDimensions() != 4 || x.get(3) < 1) {
            return;
        }
        int radius = (int) Math.min(Attributes.of(at.node(), "depth_radius").getI(), x.get(3));
        var sum = windowSum(at, (int) x.get(3), radius);
        var alpha = at.scalar("alpha", Attributes.of(at.node(), "alpha").getF() * (2 * radius + 1)); // of a mean
        var bias = at.scalar("bias", Attributes.of(at.node(), "bias").getF());
        var beta = at.scalar("beta", -Attributes.of(at.node(), "beta").getF());
        var scaled = at.op("Mul").type(at.type()).input(sum).input(alpha).as("scaled");
        var base = at.op("AddV2").type(at.type()).input(scaled).input(bias).as("base");
        var factor = at.op("Pow").type(at.type()).input(base).input(beta).as("factor");
        at.op("Mul").type(at.type()).input(at.input(0)).input(factor).last();
    }

    /** The mean square of each channel's neighbours, with zeros beyond the first and the last. */
    private static TensorName windowSum(NodeWriter at, int channels, int radius) {
        var square = at.op("Square").type(at.type()).input(at.input(0)).as("square");
        var column = at.reshape("column", square, at.ints("column.shape", -1, channels, 1, 1));
        int[] zeros = {0, 0, radius, radius, 0, 0, 0, 0};
        var padded = at.op("Pad")
                .type(at.type())
                .attribute("Tpaddings", Attributes.type(DataType.DT_INT32))
                .input(column)
                .input(at.constant("zeros", Attributes.ints(zeros, 2)))
                .as("padded");
        var mean = at.op("AvgPool")
                .type(at.type())
                .attribute("ksize", Attributes.integers(1, 2L * radius + 1, 1, 1))
                .attribute("strides", Attributes.integers(1, 1, 1, 1))
                .attribute("padding", Attributes.string("VALID"))
                .input(padded)
                .as("mean");
        var shape = at.op("Shape")
                .type(at.type())
                .attribute("out_type", Attributes.type(DataType.DT_INT32))
                .input(at.input(0))
                .as("shape");
        return at.reshape("mean_square", mean, shape);
    }
}
