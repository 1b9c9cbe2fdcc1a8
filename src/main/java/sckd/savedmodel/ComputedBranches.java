package sckd.savedmodel;

import com.google.common.graph.Traverser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/**
 * Computes both branches of an If that is not decided before a run, and takes the results of the one that its condition chooses: there is no
 * gradient through a branch, but one through a choice, 0 for what is not chosen. Only where both compute and do no more; their results need the
 * same shapes.
 */
final class ComputedBranches {
    private static final Set<DataType> NOT_CHOSEN =
            Set.of(DataType.DT_RESOURCE, DataType.DT_STRING, DataType.DT_VARIANT);

    private final Map<String, FunctionDef> functions;
    /** Whether a function only computes, as far as it was looked at. */
    private final Map<String, Boolean> known = new HashMap<>();

    private ComputedBranches(GraphRewrite.Context context) {
        functions = context.library().getFunctionList().stream()
                .collect(Collectors.toMap(
                        function -> function.getSignature().getName(), function -> function, (first, second) -> first));
    }

    /** @throws sckd.UserException if branches hold branches without end */
    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        var branches = new ComputedBranches(context);
        return BranchCalls.repeat(graph, current -> {
            if (current.nodes().values().stream().noneMatch(branches::canBeComputed)) {
                return Optional.empty();
            }
            var joined = GraphEdit.rewrite(current, context.replacements(), at -> branches.rewrite(at, context));
            return Optional.of(ConstantBranches.rewrite(BranchCalls.unfold(joined, context), context));
        });
    }

    private boolean canBeComputed(NodeDef node) {
        var types = Attributes.of(node, "Tout").getList().getTypeList();
        return BranchCalls.IFS.contains(node.getOp())
                && GraphEdit.isWhole(node)
                && Attributes.of(node, "Tcond").getType() == DataType.DT_BOOL
                && !types.isEmpty()
                && types.stream().noneMatch(NOT_CHOSEN::contains)
                && BranchCalls.branches(node).stream()
                        .allMatch(branch -> known.computeIfAbsent(branch.getName(), this::onlyComputes));
    }

    private boolean onlyComputes(String function) {
        for (var reached : Traverser.<String>forGraph(
                        name -> nodes(name).flatMap(ComputedBranches::called).toList())
                .breadthFirst(function)) {
            boolean computes = functions.containsKey(reached)
                    && nodes(reached)
                            .allMatch(node -> AllowedOps.NAMES.contains(node.getOp())
                                    || called(node).findAny().isPresent());
            if (!computes) {
                return false;
            }
        }
        return true;
    }

    private Stream<NodeDef> nodes(String function) {
        return functions.containsKey(function) ? functions.get(function).getNodeDefList().stream() : Stream.of();
    }

    /** The functions that a node may run. */
    private static Stream<String> called(NodeDef node) {
        var called = FunctionLibrary.CALLS.contains(node.getOp())
                ? Stream.of(Attributes.of(node, "f").getFunc())
                : BranchCalls.isBranch(node) ? BranchCalls.branches(node).stream() : Stream.<NameAttrList>of();
        return called.map(NameAttrList::getName);
    }

    private void rewrite(NodeWriter at, GraphRewrite.Context context) {
        var node = at.node();
        if (!canBeComputed(node)) {
            return;
        }
        context.notes()
                .add(
                        "Both branches of '%s' are computed, as its condition is not constant; the chosen one's results are taken."
                                .formatted(node.getName()));
        var branches = BranchCalls.branches(node);
        var chosen = at.copyOf(BranchCalls.call(node, branches.get(0))).as("then");
        var other = at.copyOf(BranchCalls.call(node, branches.get(1))).as("else");
        var condition = at.op(
                        "Reshape") // of any other shape, If takes it for true where it is not empty, and Select by rows
                .type(DataType.DT_BOOL)
                .attribute("Tshape", Attributes.type(DataType.DT_INT32))
                .input(at.input(0))
                .input(at.ints("scalar"))
                .as("condition");
        var types = Attributes.of(node, "Tout").getList().getTypeList();
        for (int i = 1; i < types.size(); i++) {
            var choice = new Choice(condition, new TensorName(chosen.node(), i), new TensorName(other.node(), i));
            at.redirect(i, choice.write(at, types.get(i)).as("output_" + i));
        }
        new Choice(condition, chosen, other).write(at, types.get(0)).last();
    }

    private record Choice(TensorName condition, TensorName chosen, TensorName other) {
        NodeWriter.Draft write(NodeWriter at, DataType type) {
            return at.op("Select").type(type).inputs(List.of(condition, chosen, other));
        }
    }
}
