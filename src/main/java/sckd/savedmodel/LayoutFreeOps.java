package sckd.savedmodel;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;

/**
 * The ops that compute the same in either layout: those of single elements, and those whose axes are given. They change over where one of their
 * inputs already has.
 */
final class LayoutFreeOps {
    private static final Set<String> ELEMENTWISE = Set.of(
            "Abs",
            "Add",
            "AddN",
            "AddV2",
            "Cast",
            "ClipByValue",
            "Div",
            "Elu",
            "Erf",
            "Exp",
            "Identity",
            "LeakyRelu",
            "Log",
            "Maximum",
            "Minimum",
            "Mul",
            "Neg",
            "Pow",
            "RealDiv",
            "Relu",
            "Relu6",
            "Rsqrt",
            "Selu",
            "Sigmoid",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Square",
            "SquaredDifference",
            "StopGradient",
            "Sub",
            "Tanh");
    private static final Set<String> REDUCTIONS = Set.of("Mean", "Sum", "Max", "Min");
    private static final Set<String> PADS = Set.of("Pad", "PadV2", "MirrorPad");

    private LayoutFreeOps() {}

    /** How the node changes over; empty where it does not. */
    static Optional<Runnable> find(ChannelsLast.Layout layout) {
        var op = layout.node().getOp();
        int inputs = layout.at().inputs().size();
        if (op.equals("Reshape")) {
            return layout.findInts(1).filter(LayoutFreeOps::isOfChannels).map(shape -> () -> reshape(layout, shape[1]));
        }
        if (IntStream.range(0, inputs).noneMatch(layout::isTransposed)) {
            return Optional.empty();
        }
        if (ELEMENTWISE.contains(op)) {
            return Optional.<Runnable>of(() -> elementwise(layout))
                    .filter(rule -> IntStream.range(0, inputs).allMatch(input -> isMovable(layout, input)));
        }
        if (op.equals("ConcatV2")) {
            return layout.findInts(inputs - 1)
                    .filter(axis -> IntStream.range(0, inputs - 1).allMatch(input -> isImages(layout, input)))
                    .map(axis -> () -> concat(layout, axis[0]));
        }
        if (PADS.contains(op)) {
            return layout.findInts(1)
                    .filter(amounts -> amounts.length == 2 * ChannelsLast.RANK)
                    .map(amounts -> () -> pad(layout, amounts));
        }
        return REDUCTIONS.contains(op)
                ? layout.findInts(1).flatMap(axes -> findReduction(layout, axes))
                : Optional.empty();
    }

    /** As {@code [1, channels, 1, 1]}: a batch norm that is written out brings its vectors to it. */
    private static boolean isOfChannels(int[] shape) {
        return shape.length == ChannelsLast.RANK && shape[0] == 1 && shape[1] > 0 && shape[2] == 1 && shape[3] == 1;
    }

    private static void reshape(ChannelsLast.Layout layout, int channels) {
        var at = layout.at();
        layout.end(at.copy()
                .attribute("Tshape", Attributes.type(DataType.DT_INT32))
                .input(at.input(0))
                .input(at.ints("channels", 1, 1, 1, channels)));
    }

    private static boolean isImages(ChannelsLast.Layout layout, int input) {
        return layout.inputShape(input).numDimensions() == ChannelsLast.RANK;
    }

    /** Images, what is of one shape for each image's channels, and single numbers. */
    private static boolean isMovable(ChannelsLast.Layout layout, int input) {
        var shape = layout.inputShape(input);
        return isImages(layout, input)
                || (!shape.isUnknown()
                        && (shape.numDimensions() == 0 || (!shape.hasUnknownDimension() && shape.size() == 1)));
    }

    private static void elementwise(ChannelsLast.Layout layout) {
        var draft = layout.at().copy();
        for (int i = 0; i < layout.at().inputs().size(); i++) {
            draft.input(isImages(layout, i) ? layout.last(i) : layout.at().input(i));
        }
        layout.end(draft);
    }

    private static void concat(ChannelsLast.Layout layout, int axis) {
        int lists = layout.at().inputs().size() - 1;
        var draft = layout.at().copy().attribute("Tidx", Attributes.type(DataType.DT_INT32));
        IntStream.range(0, lists).forEach(input -> draft.input(layout.last(input)));
        layout.end(draft.input(layout.at().constant("axis", Attributes.scalar(toLast(axis)))));
    }

    /** Where an axis of a channels-first tensor, counted from either end, stands in a channels-last one. */
    private static int toLast(int axis) {
        return ChannelsLast.TO_FIRST[Math.floorMod(axis, ChannelsLast.RANK)];
    }

    private static void pad(ChannelsLast.Layout layout, int[] amounts) {
        IntUnaryOperator reordered = i -> amounts[2 * ChannelsLast.TO_LAST[i / 2] + i % 2];
        var at = layout.at();
        var draft = at.copy()
                .attribute("Tpaddings", Attributes.type(DataType.DT_INT32))
                .input(layout.last(0))
                .input(at.constant(
                        "paddings",
                        Attributes.ints(
                                IntStream.range(0, 2 * ChannelsLast.RANK)
                                        .map(reordered)
                                        .toArray(),
                                2)));
        layout.end(draft.inputs(at.inputs().subList(2, at.inputs().size())));
    }

    /** Without its axes kept, a result has no layout: what is left must stand in the same order in both. */
    private static Optional<Runnable> findReduction(ChannelsLast.Layout layout, int[] axes) {
        var at = layout.at();
        int[] moved = IntStream.of(axes).map(LayoutFreeOps::toLast).toArray();
        if (Attributes.of(at.node(), "keep_dims").getB()) {
            return Optional.of(() -> layout.end(reduction(layout, moved)));
        }
        boolean isOverPixels = IntStream.of(axes)
                .map(axis -> Math.floorMod(axis, ChannelsLast.RANK))
                .sorted()
                .boxed()
                .toList()
                .equals(List.of(2, 3));
        return isOverPixels ? Optional.of(() -> reduction(layout, moved).last()) : Optional.empty();
    }

    private static NodeWriter.Draft reduction(ChannelsLast.Layout layout, int[] axes) {
        return layout.at()
                .copy()
                .attribute("Tidx", Attributes.type(DataType.DT_INT32))
                .input(layout.last(0))
                .input(layout.at().ints("axes", axes));
    }
}
