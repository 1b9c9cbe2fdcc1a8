package sckd.savedmodel;

import java.util.List;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * Puts a Pad before convolutions and max pools that pad by numbers of their own: the gradients of these ops in TensorFlow's C++ library forget
 * those numbers. A max pool's padding is the type's lowest number, which no image loses against.
 */
final class ExplicitPadding {
    private static final Set<String> OPS = Set.of("Conv2D", "DepthwiseConv2dNative", "MaxPool");
    private static final int AXES = 4;

    private ExplicitPadding() {}

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        return GraphEdit.rewrite(graph, context.replacements(), at -> {
            var paddings = Attributes.integersOf(at.node(), "explicit_paddings");
            if (OPS.contains(at.node().getOp())
                    && Attributes.stringOf(at.node(), "padding").equals("EXPLICIT")
                    && paddings.size() == 2 * AXES) {
                rewrite(at, paddings);
            }
        });
    }

    private static void rewrite(NodeWriter at, List<Long> paddings) {
        var amounts = at.constant(
                "paddings",
                Attributes.ints(paddings.stream().mapToInt(Long::intValue).toArray(), 2));
        var isPool = at.node().getOp().equals("MaxPool");
        var pad = at.op(isPool ? "PadV2" : "Pad")
                .type(at.type())
                .attribute("Tpaddings", Attributes.type(DataType.DT_INT32))
                .input(at.input(0))
                .input(amounts);
        if (isPool) {
            pad.input(at.scalar("lowest", -Float.MAX_VALUE));
        }
        at.copy()
                .without("explicit_paddings")
                .attribute("padding", Attributes.string("VALID"))
                .input(pad.as("padded"))
                .inputs(at.inputs().subList(1, at.inputs().size()))
                .last();
    }
}
