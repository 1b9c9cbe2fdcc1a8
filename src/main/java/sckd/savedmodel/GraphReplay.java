package sckd.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;
import sckd.graph.TensorFlowReason;

/**
 * Adds the nodes of a flat graph to a graph one by one, only those that are asked for. {@code Graph.importGraphDef} would be one call, but
 * takes no replacements for nodes: here a node may be answered by an operand of the caller's (the images, a variable shared with another
 * instance, a layer in training mode).
 */
final class GraphReplay {
    private final Ops tf;
    private final String scope;
    private final ClassifierModel model;
    private final FlatGraph graph;
    /** The nodes that are there, by their name in the model. */
    private final Map<String, Built> built = new HashMap<>();

    private record Built(Operation operation, List<Output<?>> outputs) {}

    /** A replay whose nodes are named {@code prefix/node}. */
    GraphReplay(Ops tf, String prefix, ClassifierModel model, FlatGraph graph) {
        this.tf = tf;
        this.scope = uniqueScope(tf, prefix);
        this.model = model;
        this.graph = graph;
    }

    /** Nodes of the model have {@code /} in their names, which {@code withName} refuses; so the scope's own name is asked for. */
    private static String uniqueScope(Ops tf, String prefix) {
        var probe = tf.withSubScope(prefix.replace('/', '.')).scope().makeOpName("node");
        return probe.substring(0, probe.length() - "node".length());
    }

    /** The name that a node of the model has in the graph. */
    String nameOf(String node) {
        return scope + node;
    }

    /** Lets an operand stand for a node; whatever is built from now on takes it. */
    void replace(String node, Operand<?> operand) {
        var output = operand.asOutput();
        built.put(node, new Built(output.op(), List.of(output)));
    }

    /** The tensor, with all that it needs. */
    Output<?> build(TensorName tensor) {
        graph.neededFor(tensor.node(), built::containsKey).forEach(node -> built.put(node.getName(), add(node)));
        return built.get(tensor.node()).outputs().get(tensor.index());
    }

    private Built add(NodeDef node) {
        var inputs = FlatGraph.dataInputs(node).stream()
                .<Output<?>>map(tensor -> find(node, tensor))
                .toList();
        if (node.getOp().equals("Placeholder")) {
            throw new UserException("%s: input '%s' has no value; expected '%s' as the only input"
                    .formatted(model.directory(), node.getName(), model.input().node()));
        }
        var operation = addOperation(node, inputs);
        var outputs = new ArrayList<Output<?>>();
        for (int i = 0; i < operation.numOutputs(); i++) {
            checkSize(node, operation.output(i));
            outputs.add(operation.output(i));
        }
        return new Built(operation, outputs);
    }

    /** Only now all sizes of the images are known. */
    private void checkSize(NodeDef node, Output<?> output) {
        if (TensorSizes.elements(output.shape()) > TensorSizes.MOST_ELEMENTS) {
            throw new UserException("%s: node '%s' (%s) makes a tensor of %s of these images; no device holds that"
                    .formatted(model.directory(), node.getName(), node.getOp(), Shapes.describe(output.shape())));
        }
    }

    private Operation addOperation(NodeDef node, List<Output<?>> inputs) {
        var controls = FlatGraph.controlInputs(node).stream()
                .map(input -> find(node, input).operation())
                .toList();
        try {
            return NativeNode.add(tf.scope(), node, nameOf(node.getName()), inputs, controls);
        } catch (RuntimeException e) {
            throw TensorFlowReason.explain(
                    "%s: node '%s' (%s) does not fit its inputs"
                            .formatted(model.directory(), node.getName(), node.getOp()),
                    e);
        }
    }

    /** What took a node's place may have fewer tensors than the node. */
    private Output<?> find(NodeDef consumer, TensorName tensor) {
        var outputs = find(consumer, tensor.node()).outputs();
        if (tensor.index() >= outputs.size()) {
            throw new UserException("%s: node '%s' (%s) takes the tensor '%s', which it does not have here"
                    .formatted(model.directory(), consumer.getName(), consumer.getOp(), tensor));
        }
        return outputs.get(tensor.index());
    }

    private Built find(NodeDef consumer, String name) {
        var found = built.get(name);
        if (found == null) {
            throw new UserException("%s: node '%s' (%s) needs '%s' before that is there; loops cannot be used"
                    .formatted(model.directory(), consumer.getName(), consumer.getOp(), name));
        }
        return found;
    }
}
