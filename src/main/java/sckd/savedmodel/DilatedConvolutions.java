package sckd.savedmodel;

import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Writes convolutions with dilations as plain ones, for TensorFlow's C++ gradients forget the dilations: with stride 1 as a convolution
 * over every d-th pixel (SpaceToBatchND, as in Chen et al., "DeepLab", 2016, arXiv:1606.00915, section 3.1), with other strides as one by the
 * kernel with its holes written out.
 */
final class DilatedConvolutions {
    private static final Set<String> OPS = Set.of("Conv2D", "DepthwiseConv2dNative");
    private static final AttrValue INT = Attributes.type(DataType.DT_INT32);
    private static final AttrValue NONE = Attributes.integers(1, 1, 1, 1);

    private DilatedConvolutions() {}

    /** A kernel whose size is not known stays as it is. */
    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        if (graph.nodes().values().stream().noneMatch(DilatedConvolutions::isDilated)) {
            return graph;
        }
        var types = TensorTypes.infer(graph.toGraphDef());
        return GraphEdit.rewrite(graph, context.replacements(), at -> {
            if (isDilated(at.node())) {
                rewrite(
                        at,
                        types.shape(at.originalInputs().get(0)),
                        types.shape(at.originalInputs().get(1)));
            }
        });
    }

    private static boolean isDilated(NodeDef node) {
        var dilations = Attributes.integersOf(node, "dilations");
        return OPS.contains(node.getOp())
                && Attributes.stringOf(node, "data_format").equals("NHWC")
                && !Attributes.stringOf(node, "padding").equals("EXPLICIT")
                && dilations.size() == 4
                && dilations.stream().anyMatch(dilation -> dilation > 1);
    }

    private static void rewrite(NodeWriter at, Shape images, Shape kernel) {
        if (kernel.isUnknown() || kernel.numDimensions() != 4 || kernel.hasUnknownDimension()) {
            return;
        }
        var strides = Attributes.integersOf(at.node(), "strides");
        if (strides.stream().allMatch(stride -> stride == 1)) {
            overBlocks(at, images, kernel);
        } else {
            undilated(at).input(at.input(0)).input(WideKernel.write(at, kernel)).last();
        }
    }

    static int dilation(NodeWriter at, int axis) {
        return Attributes.integersOf(at.node(), "dilations").get(1 + axis).intValue();
    }

    private static NodeWriter.Draft undilated(NodeWriter at) {
        return at.copy().attribute("dilations", NONE);
    }

    private static void overBlocks(NodeWriter at, Shape images, Shape kernel) {
        var begin = new int[2];
        var end = new int[2];
        boolean isSame = Attributes.stringOf(at.node(), "padding").equals("SAME");
        for (int axis = 0; axis < 2; axis++) {
            int around = isSame ? (int) (kernel.get(axis) - 1) * dilation(at, axis) : 0; // with stride 1 of any size
            begin[axis] = around / 2;
            end[axis] = around - around / 2;
        }
        var block = at.ints("block", dilation(at, 0), dilation(at, 1));
        var extra = extra(
                at,
                images,
                IntStream.range(0, 2).map(axis -> begin[axis] + end[axis]).toArray());
        var last = at.op("AddV2")
                .type(DataType.DT_INT32)
                .input(at.ints("end", end))
                .input(extra)
                .as("last");
        var blocks = at.op("SpaceToBatchND")
                .type(at.type())
                .attribute("Tblock_shape", INT)
                .attribute("Tpaddings", INT)
                .input(at.input(0))
                .input(block)
                .input(pairs(at, "paddings", at.ints("begin", begin), last))
                .as("blocks");
        var convolved = undilated(at)
                .attribute("padding", Attributes.string("VALID"))
                .input(blocks)
                .input(at.input(1))
                .as("convolved");
        at.op("BatchToSpaceND")
                .type(at.type())
                .attribute("Tblock_shape", INT)
                .attribute("Tcrops", INT)
                .input(convolved)
                .input(block)
                .input(pairs(at, "crops", at.ints("none", 0, 0), extra))
                .last();
    }

    /** What is missing at the end until the blocks divide the padded image; {@code [2]}. */
    private static TensorName extra(NodeWriter at, Shape images, int[] padding) {
        boolean isKnown = !images.isUnknown() && images.get(1) >= 0 && images.get(2) >= 0;
        if (isKnown) {
            return at.ints(
                    "extra",
                    IntStream.range(0, 2)
                            .map(axis -> (int)
                                    Math.floorMod(-(images.get(1 + axis) + padding[axis]), (long) dilation(at, axis)))
                            .toArray());
        }
        var shape = at.op("Shape")
                .type(at.type())
                .attribute("out_type", INT)
                .input(at.input(0))
                .as("shape");
        var size = at.op("StridedSlice")
                .type(DataType.DT_INT32)
                .attribute("Index", INT)
                .input(shape)
                .input(at.ints("from", 1))
                .input(at.ints("to", 3))
                .input(at.ints("step", 1))
                .as("size");
        var padded = at.op("AddV2")
                .type(DataType.DT_INT32)
                .input(size)
                .input(at.ints("around", padding))
                .as("padded");
        var missing = at.op("Neg").type(DataType.DT_INT32).input(padded).as("missing");
        return at.op("FloorMod")
                .type(DataType.DT_INT32)
                .input(missing)
                .input(at.ints("dilations", dilation(at, 0), dilation(at, 1)))
                .as("extra");
    }

    private static TensorName pairs(NodeWriter at, String suffix, TensorName first, TensorName second) {
        return at.op("Pack")
                .type(DataType.DT_INT32)
                .attribute("N", Attributes.integer(2))
                .attribute("axis", Attributes.integer(1))
                .input(first)
                .input(second)
                .as(suffix);
    }
}
