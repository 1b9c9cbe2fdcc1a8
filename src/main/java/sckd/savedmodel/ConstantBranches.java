package sckd.savedmodel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/** Puts in the place of If and Case the branch that is always taken, where constants decide which. */
final class ConstantBranches {
    static final String NOTE = "Branches whose condition is constant in inference are decided.";

    private ConstantBranches() {}

    /** @throws sckd.UserException if branches hold branches without end */
    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        return BranchCalls.repeat(graph, current -> {
            var calls = findCalls(current);
            if (calls.isEmpty()) {
                return Optional.empty();
            }
            context.notes().add(NOTE);
            return Optional.of(BranchCalls.unfold(current, calls, context));
        });
    }

    private static Map<String, NodeDef> findCalls(FlatGraph graph) {
        var calls = new HashMap<String, NodeDef>();
        graph.nodes().values().stream().filter(BranchCalls::isBranch).forEach(node -> findTaken(graph, node)
                .ifPresent(taken -> calls.put(node.getName(), BranchCalls.call(node, taken))));
        return calls;
    }

    private static Optional<NameAttrList> findTaken(FlatGraph graph, NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        var branches = BranchCalls.branches(node);
        if (inputs.isEmpty() || branches.isEmpty()) {
            return Optional.empty();
        }
        var condition = ConstantScalar.find(graph, inputs.get(0));
        if (condition.isEmpty()) {
            return Optional.empty();
        }
        double value = condition.getAsDouble();
        if (BranchCalls.IFS.contains(node.getOp())) {
            return Optional.of(branches.get(value != 0 ? 0 : 1));
        }
        boolean isThere = value >= 0 && value < branches.size(); // else the last one, as Case does
        return Optional.of(branches.get(isThere ? (int) value : branches.size() - 1));
    }
}
