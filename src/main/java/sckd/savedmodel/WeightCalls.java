package sckd.savedmodel;

import java.util.ArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Nodes of a program whose constants become variables: calls of functions that take handles are given them. */
record WeightCalls(WeightArguments arguments) {
    /**
     * A node with its inputs renamed; a call of a function that takes handles is given them.
     *
     * @param handleOf the handle behind an input
     * @param valueOf what an input that is a tensor is called
     * @param argumentOf what the handle of a variable is called
     */
    NodeDef rewrite(
            NodeDef node,
            UnaryOperator<String> handleOf,
            UnaryOperator<String> valueOf,
            Function<WeightVariable, String> argumentOf) {
        var called = WeightArguments.called(node);
        var bound = arguments.bound().get(called);
        var inputs = new ArrayList<String>();
        var controls = new ArrayList<String>();
        for (var input : node.getInputList()) {
            if (input.startsWith("^")) {
                controls.add(input);
            } else {
                inputs.add(bound.contains(inputs.size()) ? handleOf.apply(input) : valueOf.apply(input));
            }
        }
        arguments.added().get(called).forEach(variable -> inputs.add(argumentOf.apply(variable)));
        var rewritten = node.toBuilder().clearInput().addAllInput(inputs).addAllInput(controls);
        if (arguments.areOf(called) && node.containsAttr("Tin")) {
            rewritten.setOp("StatefulPartitionedCall").putAttr("Tin", types(node, called));
        }
        return rewritten.build();
    }

    private AttrValue types(NodeDef call, String called) {
        var types = call.getAttrOrThrow("Tin").getList().toBuilder();
        arguments.bound().get(called).forEach(place -> types.setType(place, DataType.DT_RESOURCE));
        arguments.added().get(called).forEach(variable -> types.addType(DataType.DT_RESOURCE));
        return AttrValue.newBuilder().setList(types).build();
    }
}
