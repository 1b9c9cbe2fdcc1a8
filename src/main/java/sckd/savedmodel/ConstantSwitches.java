package sckd.savedmodel;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.proto.NodeDef;

/**
 * Takes the Switch and Merge of TF 1 apart where constants decide the way, such as Keras' learning phase: a Switch hands its tensor on, a Merge the
 * one tensor that arrives, and what stands on the other way is not needed any more.
 */
final class ConstantSwitches {
    private static final Set<String> SWITCHES = Set.of("Switch", "RefSwitch");
    private static final Set<String> MERGES = Set.of("Merge", "RefMerge");

    private final FlatGraph graph;
    /** What never arrives, by the names of the graph as it was. */
    private final Set<TensorName> deadTensors = new HashSet<>();

    private final Set<String> deadNodes = new HashSet<>();

    private ConstantSwitches(FlatGraph graph) {
        this.graph = graph;
    }

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        if (graph.nodes().values().stream().noneMatch(ConstantSwitches::isSwitch)) {
            return graph;
        }
        var rewriting = new ConstantSwitches(graph);
        var rewritten = GraphEdit.rewrite(graph, context.replacements(), rewriting::rewrite);
        if (!rewriting.deadTensors.isEmpty()) {
            context.notes().add(ConstantBranches.NOTE);
        }
        return rewritten;
    }

    static boolean isSwitch(NodeDef node) {
        return SWITCHES.contains(node.getOp());
    }

    static boolean isMerge(NodeDef node) {
        return MERGES.contains(node.getOp());
    }

    private void rewrite(NodeWriter at) {
        var node = at.original();
        if (isMerge(node)) {
            rewriteMerge(at);
        } else if (FlatGraph.controlInputs(node).stream().anyMatch(deadNodes::contains)
                || at.originalInputs().stream().anyMatch(this::isDead)) {
            deadNodes.add(node.getName());
        } else if (isSwitch(node)) {
            rewriteSwitch(at);
        }
    }

    private boolean isDead(TensorName tensor) {
        return deadTensors.contains(tensor) || deadNodes.contains(tensor.node());
    }

    private void rewriteSwitch(NodeWriter at) {
        var condition = ConstantScalar.find(graph, at.originalInputs().get(1));
        if (condition.isEmpty()) {
            return;
        }
        int taken = condition.getAsDouble() != 0 ? 1 : 0;
        var name = at.node().getName();
        at.identity(at.input(0));
        deadTensors.add(new TensorName(name, 1 - taken));
        at.redirect(taken, new TensorName(name, 0));
    }

    private void rewriteMerge(NodeWriter at) {
        var arriving = IntStream.range(0, at.inputs().size())
                .filter(input -> !isDead(at.originalInputs().get(input)))
                .toArray();
        if (arriving.length == 0) {
            deadNodes.add(at.node().getName());
        } else if (arriving.length == 1) {
            at.identity(at.input(arriving[0]));
            at.redirect(1, at.constant("value_index", Attributes.scalar(arriving[0])));
        }
    }
}
