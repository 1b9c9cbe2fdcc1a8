package sckd.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.ResourceHandleProto;
import sckd.UserException;

/**
 * Puts reads of variables in the place of constants, in the main graph and in functions, which are handed the handles. A node that was a constant
 * becomes the read and keeps its name.
 *
 * @param variables by each constant that is replaced
 */
record WeightRewriting(Map<FlatGraph.Origin, WeightVariable> variables, WeightArguments arguments) {
    /** Of an argument: its shape, which is no longer that of the weight. */
    private static final String SHAPES = "_output_shapes";

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
            return readInPlace(node, variable, variable.name());
        }
        return rewriteCall(
                node,
                input -> {
                    var weight = variables.get(
                            new FlatGraph.Origin("", TensorName.parse(input).node()));
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

    private static NodeDef readInPlace(NodeDef constant, WeightVariable variable, String handle) {
        return variable.readNode(constant.getName(), handle).toBuilder()
                .addAllInput(constant.getInputList()) // a constant has control inputs only
                .setDevice(constant.getDevice())
                .build();
    }

    /**
     * A node with its inputs renamed; a call of a function that takes handles is given them.
     *
     * @param handleOf the handle behind an input
     * @param valueOf what an input that is a tensor is called
     * @param argumentOf what the handle of a variable is called
     */
    private NodeDef rewriteCall(
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

    private FunctionDef rewrite(FunctionDef function) {
        var name = function.getSignature().getName();
        if (!arguments.areOf(name)) {
            return function;
        }
        return new Body(function).rewrite();
    }

    /** One function while it is rewritten. */
    private final class Body {
        private final FunctionDef function;
        private final String name;
        private final Set<String> taken = new HashSet<>();
        private final Map<WeightVariable, String> argumentOf = new HashMap<>();
        /** By the name of an argument that becomes a handle, the read of it. */
        private final Map<String, String> reads = new HashMap<>();

        Body(FunctionDef function) {
            this.function = function;
            name = function.getSignature().getName();
            function.getSignature().getInputArgList().forEach(argument -> taken.add(argument.getName()));
            function.getNodeDefList().forEach(node -> taken.add(node.getName()));
            arguments.bound().get(name).forEach(place -> {
                var argument = function.getSignature().getInputArg(place).getName();
                reads.put(argument, unusedName(argument + "/ReadVariableOp"));
            });
            arguments.added().get(name).forEach(variable -> argumentOf.put(variable, unusedName("weights_handle")));
        }

        private String unusedName(String wanted) {
            var unused = wanted;
            for (int i = 0; !taken.add(unused); i++) {
                unused = wanted + "_" + i;
            }
            return unused;
        }

        FunctionDef rewrite() {
            var rewritten = function.toBuilder().setSignature(signature()).clearNodeDef();
            arguments.bound().get(name).forEach(place -> {
                var argument = function.getSignature().getInputArg(place);
                rewritten.addNodeDef(NodeDef.newBuilder()
                        .setName(reads.get(argument.getName()))
                        .setOp("ReadVariableOp")
                        .addInput(argument.getName())
                        .putAttr(
                                "dtype",
                                AttrValue.newBuilder()
                                        .setType(argument.getType())
                                        .build()));
                if (function.containsArgAttr(place)) {
                    rewritten.putArgAttr(
                            place,
                            function.getArgAttrOrThrow(place).toBuilder()
                                    .removeAttr(SHAPES)
                                    .build());
                }
            });
            function.getNodeDefList().forEach(node -> rewritten.addNodeDef(rewrite(node)));
            function.getRetMap().forEach((result, tensor) -> rewritten.putRet(result, valueOf(tensor)));
            if (function.containsAttr("_input_shapes")) {
                rewritten.putAttr("_input_shapes", inputShapes());
            }
            return rewritten.build();
        }

        private NodeDef rewrite(NodeDef node) {
            var variable = variables.get(new FlatGraph.Origin(name, node.getName()));
            return variable == null
                    ? rewriteCall(node, UnaryOperator.identity(), this::valueOf, argumentOf::get)
                    : readInPlace(node, variable, argumentOf.get(variable));
        }

        /** What a tensor of the body is called afterwards: an argument's read, or the output of what was a constant. */
        private String valueOf(String tensor) {
            int colon = tensor.indexOf(':');
            var node = colon < 0 ? tensor : tensor.substring(0, colon);
            if (reads.containsKey(node)) {
                return reads.get(node) + ":value:0";
            }
            return variables.containsKey(new FlatGraph.Origin(name, node)) ? node + ":value:0" : tensor;
        }

        private OpDef signature() {
            var signature = function.getSignature().toBuilder().setIsStateful(true);
            arguments
                    .bound()
                    .get(name)
                    .forEach(place -> signature.setInputArg(
                            place, signature.getInputArg(place).toBuilder().setType(DataType.DT_RESOURCE)));
            arguments
                    .added()
                    .get(name)
                    .forEach(variable -> signature.addInputArg(OpDef.ArgDef.newBuilder()
                            .setName(argumentOf.get(variable))
                            .setType(DataType.DT_RESOURCE)
                            .addHandleData(ResourceHandleProto.DtypeAndShape.newBuilder()
                                    .setDtype(variable.dtype())
                                    .setShape(variable.shape()))));
            return signature.build();
        }

        /** Python wants one for each argument. */
        private AttrValue inputShapes() {
            var shapes = function.getAttrOrThrow("_input_shapes").getList().toBuilder();
            arguments.bound().get(name).forEach(place -> shapes.setShape(place, WeightVariable.scalar()));
            arguments.added().get(name).forEach(variable -> shapes.addShape(WeightVariable.scalar()));
            return AttrValue.newBuilder().setList(shapes).build();
        }
    }
}
