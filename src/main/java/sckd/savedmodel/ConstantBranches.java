package sckd.savedmodel;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** Puts in the place of If and Case the branch that is always taken, where constants decide which. */
final class ConstantBranches {
    static final String NOTE = "Branches whose condition is constant in inference are decided.";
    private static final Set<String> IFS = Set.of("If", "StatelessIf");
    private static final Set<String> CASES = Set.of("Case", "StatelessCase");
    private static final int DEEPEST_BRANCH = 20;

    private ConstantBranches() {}

    /** @throws UserException if branches hold branches without end */
    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        var rewritten = graph;
        for (int depth = 0; depth < DEEPEST_BRANCH; depth++) {
            var calls = findCalls(rewritten);
            if (calls.isEmpty()) {
                return rewritten;
            }
            context.notes().add(NOTE);
            rewritten = unfold(rewritten, calls, context);
        }
        throw new UserException("branches hold each other more than " + DEEPEST_BRANCH + " deep");
    }

    static boolean isBranch(NodeDef node) {
        return IFS.contains(node.getOp()) || CASES.contains(node.getOp());
    }

    /** The functions that a branching node chooses from; a condition of 0 stands for the second branch of If and for the first of Case. */
    static List<NameAttrList> branches(NodeDef node) {
        return IFS.contains(node.getOp())
                ? List.of(
                        Attributes.of(node, "then_branch").getFunc(),
                        Attributes.of(node, "else_branch").getFunc())
                : Attributes.of(node, "branches").getList().getFuncList();
    }

    private static Map<String, NodeDef> findCalls(FlatGraph graph) {
        var calls = new HashMap<String, NodeDef>();
        graph.nodes().values().stream().filter(ConstantBranches::isBranch).forEach(node -> findTaken(graph, node)
                .ifPresent(taken -> calls.put(node.getName(), call(node, taken))));
        return calls;
    }

    private static Optional<NameAttrList> findTaken(FlatGraph graph, NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        var branches = branches(node);
        if (inputs.isEmpty() || branches.isEmpty()) {
            return Optional.empty();
        }
        var condition = ConstantScalar.find(graph, inputs.get(0));
        if (condition.isEmpty()) {
            return Optional.empty();
        }
        double value = condition.getAsDouble();
        if (IFS.contains(node.getOp())) {
            return Optional.of(branches.get(value != 0 ? 0 : 1));
        }
        boolean isThere = value >= 0 && value < branches.size(); // else the last one, as Case does
        return Optional.of(branches.get(isThere ? (int) value : branches.size() - 1));
    }

    private static NodeDef call(NodeDef node, NameAttrList branch) {
        var inputs = node.getInputList();
        return NodeDef.newBuilder()
                .setName(node.getName())
                .setOp("StatefulPartitionedCall")
                .addAllInput(inputs.subList(1, inputs.size()))
                .putAttr("f", AttrValue.newBuilder().setFunc(branch).build())
                .putAttr("Tin", Attributes.of(node, "Tin"))
                .putAttr("Tout", Attributes.of(node, "Tout"))
                .build();
    }

    private static FlatGraph unfold(FlatGraph graph, Map<String, NodeDef> calls, GraphRewrite.Context context) {
        var nodes = new LinkedHashMap<>(graph.nodes());
        nodes.putAll(calls);
        var graphDef = graph.withNodes(nodes).toGraphDef().toBuilder()
                .setLibrary(context.library())
                .build();
        var flat = Flattener.flatten(graphDef, nodes.keySet(), OpDefs.registered());
        context.replacements().putAll(flat.replacements());
        context.notes().addAll(flat.notes());
        var origins = new HashMap<>(flat.graph().origins());
        origins.putAll(graph.origins());
        return new FlatGraph(flat.graph().nodes(), origins, graph.versions());
    }
}
