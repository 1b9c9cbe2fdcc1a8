package sckd.savedmodel;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** The nodes that choose between functions, and the calls of what they choose from. */
final class BranchCalls {
    static final Set<String> IFS = Set.of("If", "StatelessIf");
    private static final int DEEPEST_BRANCH = 20;
    private static final Set<String> CASES = Set.of("Case", "StatelessCase");

    private BranchCalls() {}

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

    /** A call, under the node's own name, of a function with what the node takes beside the condition. */
    static NodeDef call(NodeDef node, NameAttrList branch) {
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

    /**
     * The graph after a step has been taken until it finds nothing more to do, as what it unfolds may hold branches again.
     *
     * @param step empty where there is nothing to do
     * @throws UserException if that does not end
     */
    static FlatGraph repeat(FlatGraph graph, Function<FlatGraph, Optional<FlatGraph>> step) {
        var rewritten = graph;
        for (int depth = 0; depth < DEEPEST_BRANCH; depth++) {
            var next = step.apply(rewritten);
            if (next.isEmpty()) {
                return rewritten;
            }
            rewritten = next.get();
        }
        throw new UserException("branches hold each other more than " + DEEPEST_BRANCH + " deep");
    }

    /** The graph with the functions' bodies in the place of their calls. */
    static FlatGraph unfold(FlatGraph graph, GraphRewrite.Context context) {
        return unfold(graph, Map.of(), context);
    }

    /** The same after some nodes have become calls. */
    static FlatGraph unfold(FlatGraph graph, Map<String, NodeDef> calls, GraphRewrite.Context context) {
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
