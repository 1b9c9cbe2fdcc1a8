package sckd.savedmodel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.ResourceHandleProto;

/** A function while reads of variables take the place of its constants, and handles that of arguments. */
final class WeightFunction {
    /** Of an argument: its shape, which is no longer that of the weight. */
    private static final String SHAPES = "_output_shapes";

    private final Map<FlatGraph.Origin, WeightVariable> variables;
    private final WeightArguments arguments;
    private final FunctionDef function;
    private final String name;
    private final Set<String> taken = new HashSet<>();
    private final Map<WeightVariable, String> argumentOf = new HashMap<>();
    /** By the name of an argument that becomes a handle, the read of it. */
    private final Map<String, String> reads = new HashMap<>();

    WeightFunction(FunctionDef function, Map<FlatGraph.Origin, WeightVariable> variables, WeightArguments arguments) {
        this.variables = variables;
        this.arguments = arguments;
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
                            AttrValue.newBuilder().setType(argument.getType()).build()));
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
                ? new WeightCalls(arguments).rewrite(node, UnaryOperator.identity(), this::valueOf, argumentOf::get)
                : variable.readInPlace(node, argumentOf.get(variable));
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
