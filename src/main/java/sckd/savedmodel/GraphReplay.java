package sckd.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.exceptions.TensorFlowException;
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
                .<Output<?>>map(tensor -> find(node, tensor.node()).outputs().get(tensor.index()))
                .toList();
        if (node.getOp().equals("Placeholder")) {
            throw new UserException("%s: input '%s' has no value; expected '%s' as the only input"
                    .formatted(model.directory(), node.getName(), model.input().node()));
        }
        var operation = addOperation(node, inputs);
        var outputs = new ArrayList<Output<?>>();
        for (int i = 0; i < operation.numOutputs(); i++) {
            outputs.add(operation.output(i));
        }
        return new Built(operation, outputs);
    }

    private Operation addOperation(NodeDef node, List<Output<?>> inputs) {
        var builder = tf.scope().env().opBuilder(node.getOp(), nameOf(node.getName()), tf.scope());
        addInputs(builder, node, inputs);
        FlatGraph.controlInputs(node)
                .forEach(input -> builder.addControlInput(find(node, input).operation()));
        node.getAttrMap().forEach((name, value) -> {
            if (!name.startsWith("_")) { // _output_shapes, _class and the like: hints that no longer hold
                builder.setAttr(name, value);
            }
        });
        try {
            return builder.build();
        } catch (TensorFlowException | IllegalArgumentException e) {
            throw new UserException(
                    "%s: node '%s' (%s) does not fit its inputs: %s"
                            .formatted(model.directory(), node.getName(), node.getOp(), TensorFlowReason.of(e)),
                    e);
        }
    }

    /** An input argument that is a list takes as many tensors as an attribute of the node says. */
    private void addInputs(OperationBuilder builder, NodeDef node, List<Output<?>> inputs) {
        var definition = OpDefs.registered().find(node.getOp()).orElseThrow(() -> unknownOp(node));
        int next = 0;
        for (var argument : definition.getInputArgList()) {
            boolean isList = !argument.getNumberAttr().isEmpty()
                    || !argument.getTypeListAttr().isEmpty();
            int count = OpDefs.tensorCount(argument, node);
            if (isList) {
                builder.addInputList(inputs.subList(next, next + count).toArray(Output<?>[]::new));
            } else {
                builder.addInput(inputs.get(next));
            }
            next += count;
        }
    }

    private UserException unknownOp(NodeDef node) {
        return new UserException("%s: node '%s' is of kind %s, which this TensorFlow does not know"
                .formatted(model.directory(), node.getName(), node.getOp()));
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
