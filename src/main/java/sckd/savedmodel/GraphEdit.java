package sckd.savedmodel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.tensorflow.proto.NodeDef;

/** A flat graph while its nodes are replaced one by one, in order. */
final class GraphEdit {
    private final FlatGraph graph;
    private final Set<String> names;
    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
    private final Map<String, FlatGraph.Origin> origins;
    private final Map<TensorName, TensorName> redirected = new HashMap<>();

    private GraphEdit(FlatGraph graph) {
        this.graph = graph;
        names = new HashSet<>(graph.nodes().keySet());
        origins = new HashMap<>(graph.origins());
    }

    /**
     * The graph after the rule has seen every node; a node for which it wrote nothing under the node's own name stays.
     *
     * @param replacements where tensors are noted that have another name now
     */
    static FlatGraph rewrite(FlatGraph graph, TensorReplacements replacements, Consumer<NodeWriter> rule) {
        var edit = new GraphEdit(graph);
        for (var original : graph.nodes().values()) {
            var node = edit.withRedirectedInputs(original);
            if (isWhole(node)) {
                rule.accept(new NodeWriter(edit, original, node));
            }
            edit.nodes.putIfAbsent(node.getName(), node);
        }
        edit.redirected.forEach(replacements::put);
        return new FlatGraph(edit.nodes, edit.origins, graph.versions());
    }

    /** Whether a node takes as many tensors as its op wants; one that does not is TensorFlow's to refuse. */
    static boolean isWhole(NodeDef node) {
        return OpDefs.registered()
                .find(node.getOp())
                .filter(op -> op.getInputArgList().stream()
                                .mapToInt(argument -> OpDefs.tensorCount(argument, node))
                                .sum()
                        == FlatGraph.dataInputs(node).size())
                .isPresent();
    }

    void add(NodeDef node, NodeDef replaced) {
        nodes.put(node.getName(), node);
        origins.put(node.getName(), graph.origins().get(replaced.getName()));
    }

    String unusedName(String wanted) {
        var name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    void redirect(TensorName tensor, TensorName replacement) {
        redirected.put(tensor, replacement);
    }

    private NodeDef withRedirectedInputs(NodeDef node) {
        if (redirected.isEmpty()) {
            return node;
        }
        var changed = node.toBuilder().clearInput();
        for (var input : node.getInputList()) {
            changed.addInput(
                    input.startsWith("^")
                            ? input
                            : redirected
                                    .getOrDefault(TensorName.parse(input), TensorName.parse(input))
                                    .asInput());
        }
        return changed.build();
    }
}
