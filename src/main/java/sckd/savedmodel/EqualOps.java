package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.tensorflow.proto.DataType;
import sckd.graph.RegisteredGradients;

/** Puts ops that TensorFlow's C++ library can differentiate in the place of equal ones that it cannot. */
final class EqualOps {
    private static final Map<String, Consumer<NodeWriter>> RULES = ImmutableMap.<String, Consumer<NodeWriter>>builder()
            .put("PreventGradient", at -> at.identity(at.input(0)))
            .put("Snapshot", at -> at.identity(at.input(0)))
            .put("CheckNumericsV2", EqualOps::checkNumerics)
            .put("BiasAddV1", at -> at.copy().op("BiasAdd").inputs(at.inputs()).last())
            .put("Concat", EqualOps::concat)
            .put("Gather", EqualOps::gather)
            .put("ResourceGather", EqualOps::resourceGather)
            .put("ResourceGatherNd", EqualOps::resourceGatherNd)
            .put("Split", at -> unlessParted(at, 1))
            .put("SplitV", at -> unlessParted(at, 0))
            .put("Xlogy", at -> unlessZero(at, "Log", "Mul"))
            .put("Xlog1py", at -> unlessZero(at, "Log1p", "Mul"))
            .put("Xdivy", at -> unlessZero(at, "Identity", "RealDiv"))
            .put("Ceil", EqualOps::ceil)
            .put("Erfc", EqualOps::erfc)
            .put("OnesLike", EqualOps::withoutGradient)
            .put("Round", EqualOps::withoutGradient)
            .put("Rint", EqualOps::withoutGradient)
            .put("FloorDiv", EqualOps::withoutGradient)
            .put("TruncateDiv", EqualOps::withoutGradient)
            .build();

    private static final Set<DataType> WHOLE = Set.of(
            DataType.DT_INT8,
            DataType.DT_INT16,
            DataType.DT_INT32,
            DataType.DT_INT64,
            DataType.DT_UINT8,
            DataType.DT_UINT16,
            DataType.DT_UINT32,
            DataType.DT_UINT64,
            DataType.DT_BOOL);

    private EqualOps() {}

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        if (graph.nodes().values().stream().anyMatch(node -> node.getOp().equals("Erfc"))) {
            context.notes().add("Erfc(x) has become 1 - Erf(x), which is off by up to 1e-7.");
        }
        return GraphEdit.rewrite(graph, context.replacements(), at -> RULES.getOrDefault(
                        at.node().getOp(), EqualOps::endGradient)
                .accept(at));
    }

    private static void checkNumerics(NodeWriter at) {
        at.op("CheckNumerics")
                .type(at.type())
                .attribute("message", Attributes.of(at.node(), "message"))
                .input(at.input(0))
                .last();
    }

    /** One part is the whole; the gradient would join one tensor, which Concat refuses. */
    private static void unlessParted(NodeWriter at, int value) {
        if (Attributes.of(at.node(), "num_split").getI() == 1) {
            at.identity(at.input(value));
        }
    }

    /** The axis comes last in the newer version. */
    private static void concat(NodeWriter at) {
        var inputs = at.inputs();
        at.copy()
                .op("ConcatV2")
                .attribute("Tidx", Attributes.type(DataType.DT_INT32))
                .inputs(inputs.subList(1, inputs.size()))
                .input(inputs.get(0))
                .last();
    }

    private static void gather(NodeWriter at) {
        at.copy()
                .op("GatherV2")
                .without("validate_indices")
                .attribute("Taxis", Attributes.type(DataType.DT_INT32))
                .inputs(at.inputs())
                .input(at.constant("axis", Attributes.scalar(0)))
                .last();
    }

    private static void resourceGather(NodeWriter at) {
        var axis = (int) Attributes.of(at.node(), "batch_dims").getI();
        at.copy()
                .op("GatherV2")
                .without("dtype")
                .without("validate_indices")
                .attribute("Tparams", Attributes.of(at.node(), "dtype"))
                .attribute("Taxis", Attributes.type(DataType.DT_INT32))
                .input(readOf(at))
                .input(at.input(1))
                .input(at.constant("axis", Attributes.scalar(axis)))
                .last();
    }

    private static void resourceGatherNd(NodeWriter at) {
        at.copy()
                .op("GatherNd")
                .without("dtype")
                .attribute("Tparams", Attributes.of(at.node(), "dtype"))
                .input(readOf(at))
                .input(at.input(1))
                .last();
    }

    private static TensorName readOf(NodeWriter at) {
        return at.op("ReadVariableOp")
                .attribute("dtype", Attributes.of(at.node(), "dtype"))
                .input(at.input(0))
                .as("ReadVariableOp");
    }

    /**
     * {@code x · f(y)} or {@code x / y}, and 0 where x is 0. There y is replaced by 1 before it is used: 0 · ∞ in a gradient would be
     * NaN.
     */
    private static void unlessZero(NodeWriter at, String function, String operation) {
        var zero = at.scalar("zero", 0);
        var isZero =
                at.op("Equal").type(at.type()).input(at.input(0)).input(zero).as("is_zero");
        var one = at.scalar("one", 1);
        var safe = at.op("SelectV2")
                .type(at.type())
                .input(isZero)
                .input(one)
                .input(at.input(1))
                .as("safe");
        var factor = at.op(function).type(at.type()).input(safe).as("factor");
        var value = at.op(operation)
                .type(at.type())
                .input(at.input(0))
                .input(factor)
                .as("value");
        at.op("SelectV2").type(at.type()).input(isZero).input(zero).input(value).last();
    }

    /** {@code ⌈x⌉ = −⌊−x⌋}; of Floor it is known that its gradient is 0. */
    private static void ceil(NodeWriter at) {
        var negative = at.op("Neg").type(at.type()).input(at.input(0)).as("negative");
        var floor = at.op("Floor").type(at.type()).input(negative).as("floor");
        at.op("Neg").type(at.type()).input(floor).last();
    }

    /** {@code 1 − erf(x)}; in float32 the difference of two rounded numbers, off by 1e-7 at most. */
    private static void erfc(NodeWriter at) {
        var erf = at.op("Erf").type(at.type()).input(at.input(0)).as("erf");
        at.op("Sub").type(at.type()).input(at.scalar("one", 1)).input(erf).last();
    }

    /** Steps and the like: Python gives no gradient through them; the walk back must end behind them, for it asks each op that it meets. */
    private static void withoutGradient(NodeWriter at) {
        withoutGradient(at, at.type());
    }

    private static void withoutGradient(NodeWriter at, DataType type) {
        var value = at.copy().inputs(at.inputs()).as("value");
        at.op("StopGradient").type(type).input(value).last();
    }

    /**
     * An op that makes floats of whole numbers alone, as a draw of noise does of the sizes of a tensor, has none, and TensorFlow's walk asks it for
     * one, as those sizes may come from what is trained.
     */
    private static void endGradient(NodeWriter at) {
        var op = OpDefs.registered().find(at.node().getOp()).orElseThrow();
        if (op.getInputArgCount() == 0 || op.getOutputArgCount() != 1 || RegisteredGradients.has(op.getName())) {
            return;
        }
        boolean takesNumbers =
                op.getInputArgList().stream().allMatch(argument -> WHOLE.contains(OpDefs.typeOf(argument, at.node())));
        var made = OpDefs.typeOf(op.getOutputArg(0), at.node());
        if (takesNumbers && ModelVariable.isFloat(made)) {
            withoutGradient(at, made);
        }
    }
}
