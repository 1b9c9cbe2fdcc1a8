package sckd.savedmodel;

import java.util.Collection;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** What is left of branches and loops when those that constants decide are gone: gradients cannot be built through it. */
final class ControlFlow {
    private static final Set<String> LOOPS = Set.of(
            "While",
            "StatelessWhile",
            "For",
            "Enter",
            "RefEnter",
            "Exit",
            "RefExit",
            "LoopCond",
            "NextIteration",
            "RefNextIteration");

    private ControlFlow() {}

    /** @throws UserException if a node branches or loops; names op, node and function */
    static void check(FlatGraph graph) {
        for (var node : graph.nodes().values()) {
            var use = AllowedOps.Use.of(graph, node.getName());
            if (LOOPS.contains(node.getOp())) {
                throw new UserException(use + " is a loop; loops cannot be used");
            }
            if (BranchCalls.isBranch(node) || ConstantSwitches.isSwitch(node)) {
                throw new UserException(
                        use + " chooses by " + describeCondition(node)
                                + ", which is not constant, and cannot be computed both ways; expected branches of If that only compute, or conditions that are constant");
            }
            if (ConstantSwitches.isMerge(node)) {
                throw new UserException(use + " joins ways of which more than one may be taken; it cannot be used");
            }
        }
    }

    /** A Switch takes its condition last, the others first. */
    private static String describeCondition(NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        return inputs.isEmpty()
                ? "nothing"
                : "'" + inputs.get(ConstantSwitches.isSwitch(node) ? inputs.size() - 1 : 0) + "'";
    }

    /** @throws UserException if one of the nodes, which wait for each other, is a loop's */
    static void checkNoLoop(Collection<NodeDef> waiting) {
        waiting.stream()
                .filter(node -> LOOPS.contains(node.getOp()))
                .findFirst()
                .ifPresent(node -> {
                    throw new UserException(
                            node.getOp() + " (node '" + node.getName() + "') is a loop; loops cannot be used");
                });
    }
}
