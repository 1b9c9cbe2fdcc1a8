package sckd.savedmodel;

import java.util.List;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NodeDef;

/** Which nodes do something beside computing their results. What only waits for one that does not need not wait. */
final class Effects {
    static final Set<String> ASSIGNMENTS = Set.of("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp");
    private static final Set<DataType> INTEGERS =
            Set.of(DataType.DT_INT32, DataType.DT_INT64, DataType.DT_UINT32, DataType.DT_UINT64);

    /** Tables of names: what is looked up changes none. */
    private static final Set<String> LOOKUPS = Set.of(
            "AsString",
            "HashTable",
            "HashTableV2",
            "LookupTableFind",
            "LookupTableFindV2",
            "LookupTableSize",
            "LookupTableSizeV2");

    private Effects() {}

    /** False for ops that are allowed, and for some that are not where they stand: branches, moves of a generator, counters. */
    static boolean mayHaveOne(FlatGraph graph, NodeDef node, GraphRewrite.Context context) {
        if (!AllowedOps.mayHaveEffect(node.getOp())
                || LOOKUPS.contains(node.getOp())
                || RandomOps.movesAGenerator(node)
                || ConstantSwitches.isSwitch(node)
                || ConstantSwitches.isMerge(node)) {
            return false;
        }
        if (isCount(graph, node, context.input())) {
            context.notes()
                    .add("A call of the model moves counters or seeds of its own; in inference they stay as they are.");
            return false;
        }
        return !BranchCalls.isBranch(node)
                || !BranchCalls.branches(node).stream()
                        .allMatch(branch -> isHarmless(branch.getName(), context.library()));
    }

    /** Whether a node assigns a variable that is no counter or seed. */
    static boolean assignsWeights(NodeDef node) {
        return ASSIGNMENTS.contains(node.getOp())
                && !INTEGERS.contains(Attributes.of(node, "dtype").getType());
    }

    /** An integer variable that moves by what has nothing to do with the images. */
    private static boolean isCount(FlatGraph graph, NodeDef node, String input) {
        return ASSIGNMENTS.contains(node.getOp())
                && INTEGERS.contains(Attributes.of(node, "dtype").getType())
                && !graph.ancestors(List.of(node.getName())).contains(input);
    }

    private static boolean isHarmless(String function, FunctionDefLibrary library) {
        return library.getFunctionList().stream()
                .filter(candidate -> candidate.getSignature().getName().equals(function))
                .flatMap(found -> found.getNodeDefList().stream())
                .noneMatch(node -> AllowedOps.mayHaveEffect(node.getOp()));
    }
}
