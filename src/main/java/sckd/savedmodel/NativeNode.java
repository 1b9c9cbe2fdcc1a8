package sckd.savedmodel;

import java.util.Collection;
import java.util.List;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/** One node of a model added to a graph of TensorFlow's, without what is only a hint: attributes that begin with {@code _}. */
final class NativeNode {
    private NativeNode() {}

    /**
     * Adds the node.
     *
     * @param name what it is called there
     * @param inputs for its data inputs, in order
     * @throws UserException if this TensorFlow does not know the op, or it takes another number of tensors
     * @throws RuntimeException TensorFlow's own, if it does not take the node: attributes that are missing, shapes that do not fit
     */
    static Operation add(
            Scope scope, NodeDef node, String name, List<Output<?>> inputs, Collection<Operation> controls) {
        ExecutionEnvironment environment = scope.env();
        var builder = environment.opBuilder(node.getOp(), name, scope);
        addInputs(builder, node, inputs);
        controls.forEach(builder::addControlInput);
        node.getAttrMap().forEach((attribute, value) -> {
            if (!attribute.startsWith("_")) { // _output_shapes, _class and the like no longer hold
                builder.setAttr(attribute, value);
            }
        });
        return builder.build();
    }

    /** An input argument that is a list takes as many tensors as an attribute of the node says. */
    private static void addInputs(OperationBuilder builder, NodeDef node, List<Output<?>> inputs) {
        var definition = OpDefs.registered()
                .find(node.getOp())
                .orElseThrow(() -> new UserException("node '%s' is of kind %s, which this TensorFlow does not know"
                        .formatted(node.getName(), node.getOp())));
        int next = 0;
        for (var argument : definition.getInputArgList()) {
            int count = OpDefs.tensorCount(argument, node);
            if (count < 0 || count > inputs.size() - next) {
                throw wrongCount(node, inputs);
            }
            if (OpDefs.isList(argument)) {
                builder.addInputList(inputs.subList(next, next + count).toArray(Output<?>[]::new));
            } else {
                builder.addInput(inputs.get(next));
            }
            next += count;
        }
        if (next < inputs.size()) {
            throw wrongCount(node, inputs);
        }
    }

    private static UserException wrongCount(NodeDef node, List<Output<?>> inputs) {
        return new UserException("node '%s' (%s) is given %d tensors, which is not what its op and its attributes say"
                .formatted(node.getName(), node.getOp(), inputs.size()));
    }
}
