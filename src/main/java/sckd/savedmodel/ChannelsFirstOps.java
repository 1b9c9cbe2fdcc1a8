package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** The ops that say of themselves that they compute on {@code [batch, channels, height, width]}. */
final class ChannelsFirstOps {
    /** Each with its input that is laid out so. */
    private static final Map<String, Integer> IMAGES = ImmutableMap.<String, Integer>builder()
            .put("AvgPool", 0)
            .put("BiasAdd", 0)
            .put("Conv2D", 0)
            .put("Conv2DBackpropInput", 2)
            .put("DepthToSpace", 0)
            .put("DepthwiseConv2dNative", 0)
            .put("FusedBatchNormV3", 0)
            .put("MaxPool", 0)
            .put("MaxPoolV2", 0)
            .put("SpaceToDepth", 0)
            .build();

    /** Attributes with a number for each axis, or two. */
    private static final List<String> BY_AXIS = List.of("strides", "ksize", "dilations", "explicit_paddings");

    /** Inputs with a number for each axis. */
    private static final Map<String, Set<Integer>> SIZES =
            Map.of("MaxPoolV2", Set.of(1, 2), "Conv2DBackpropInput", Set.of(0));

    private ChannelsFirstOps() {}

    static boolean isOne(NodeDef node) {
        return IMAGES.containsKey(node.getOp())
                && Attributes.stringOf(node, "data_format").equals("NCHW");
    }

    /** How the node is rewritten; empty where it is none of them, or not of rank 4. */
    static Optional<Runnable> find(ChannelsLast.Layout layout) {
        return isOne(layout.node())
                        && layout.inputShape(IMAGES.get(layout.node().getOp())).numDimensions() == ChannelsLast.RANK
                ? Optional.of(() -> rewrite(layout))
                : Optional.empty();
    }

    private static void rewrite(ChannelsLast.Layout layout) {
        var node = layout.node();
        var draft = layout.at().copy().attribute("data_format", Attributes.string("NHWC"));
        BY_AXIS.stream()
                .filter(node::containsAttr)
                .forEach(name -> draft.attribute(name, reordered(Attributes.integersOf(node, name))));
        for (int i = 0; i < layout.at().inputs().size(); i++) {
            draft.input(input(layout, i));
        }
        layout.end(draft);
    }

    private static TensorName input(ChannelsLast.Layout layout, int index) {
        var op = layout.node().getOp();
        if (index == IMAGES.get(op)) {
            return layout.last(index);
        }
        return SIZES.getOrDefault(op, Set.of()).contains(index)
                ? reordered(layout, index)
                : layout.at().input(index);
    }

    private static AttrValue reordered(List<Long> values) {
        int perAxis = values.size() / ChannelsLast.RANK;
        return Attributes.integers(Stream.of(0, 2, 3, 1)
                .flatMap(axis -> values.stream().skip((long) axis * perAxis).limit(perAxis))
                .mapToLong(Long::longValue)
                .toArray());
    }

    /** A vector in the other order. Shape inference sees through a Pack, not through a Gather. */
    private static TensorName reordered(ChannelsLast.Layout layout, int index) {
        var at = layout.at();
        var type = Attributes.type(DataType.DT_INT32);
        var pack = layout.inputNode(index);
        var sizes = FlatGraph.dataInputs(pack);
        if (pack.getOp().equals("Pack") && sizes.size() == ChannelsLast.RANK) {
            var draft = at.op("Pack").attribute("T", type).attribute("N", Attributes.integer(ChannelsLast.RANK));
            for (int axis : ChannelsLast.TO_LAST) {
                draft.input(sizes.get(axis));
            }
            return draft.as("sizes_" + index);
        }
        return at.op("GatherV2")
                .attribute("Tparams", type)
                .attribute("Tindices", type)
                .attribute("Taxis", type)
                .input(at.input(index))
                .input(at.ints("order_" + index, ChannelsLast.TO_LAST))
                .input(at.constant("axis_" + index, Attributes.scalar(0)))
                .as("sizes_" + index);
    }
}
