package sckd.savedmodel;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * Puts reads of variables in the place of constants, in the main graph and in functions, which are handed the handles. A node that was a constant
 * becomes the read and keeps its name.
 *
 * @param variables by each constant that is replaced
 */
record WeightRewriting(Map<FlatGraph.Origin, WeightVariable> variables, WeightArguments arguments) {
    /** The same program over the variables, whose handles it holds. */
    GraphDef rewrite(GraphDef graph) {
        var rewritten = graph.toBuilder().clearNode();
        for (var variable : new LinkedHashSet<>(variables.values())) {
            rewritten.addAllNode(variable.handleNodes());
            if (!variable.weight().origin().function().isEmpty()) {
                rewritten.addNode(variable.readNode(variable.read(), variable.name()));
            }
        }
        graph.getNodeList().forEach(node -> rewritten.addNode(rewriteMain(node)));
        var library = rewritten.getLibraryBuilder();
        for (int i = 0; i < library.getFunctionCount(); i++) {
            library.setFunction(i, rewrite(library.getFunction(i)));
        }
        return rewritten.build();
    }

    private NodeDef rewriteMain(NodeDef node) {
        var variable = variables.get(new FlatGraph.Origin("", node.getName()));
        if (variable != null) {
            return variable.readInPlace(node, variable.name());
        }
        return new WeightCalls(arguments)
                .rewrite(
                        node,
                        input -> {
                            var weight = variables.get(new FlatGraph.Origin(
                                    "", TensorName.parse(input).node()));
                            if (weight == null) {
                                throw new UserException(
                                        "node '%s' hands '%s' to a function in the place of a weight; its constants cannot become variables"
                                                .formatted(node.getName(), input));
                            }
                            return weight.name();
                        },
                        UnaryOperator.identity(),
                        WeightVariable::name);
    }

    private FunctionDef rewrite(FunctionDef function) {
        var name = function.getSignature().getName();
        if (!arguments.areOf(name)) {
            return function;
        }
        return new WeightFunction(function, variables, arguments).rewrite();
    }
}
