package sckd.savedmodel;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Nodes, functions and graphs in few words; every type that is not given is float. */
final class GraphText {
    private GraphText() {}

    /** A node whose types are float wherever its op leaves them open. */
    static NodeDef node(String name, String op, String... inputs) {
        return node(name, op, Map.of(), inputs);
    }

    static NodeDef node(String name, String op, Map<String, AttrValue> attributes, String... inputs) {
        var node = NodeDef.newBuilder().setName(name).setOp(op).addAllInput(List.of(inputs));
        OpDefs.registered().find(op).ifPresent(definition -> definition.getAttrList().stream()
                .filter(attribute -> attribute.getType().equals("type") && !attribute.hasDefaultValue())
                .forEach(attribute -> node.putAttr(attribute.getName(), type(DataType.DT_FLOAT))));
        return node.putAllAttr(attributes).build();
    }

    /** A call with floats in and out. */
    static NodeDef call(String name, String function, int inputs, int outputs, String... arguments) {
        return node(
                name,
                "StatefulPartitionedCall",
                Map.of("f", function(function), "Tin", floats(inputs), "Tout", floats(outputs)),
                arguments);
    }

    static NodeDef placeholder(String name, long... shape) {
        return node(name, "Placeholder", Map.of("shape", shape(shape)));
    }

    static NodeDef variable(String name, long... shape) {
        return node(name, "VarHandleOp", Map.of("shape", shape(shape), "shared_name", string(name)));
    }

    static NodeDef constant(String name, TensorProto value) {
        return node(
                name,
                "Const",
                Map.of(
                        "dtype",
                        AttrValue.newBuilder().setType(value.getDtype()).build(),
                        "value",
                        AttrValue.newBuilder().setTensor(value).build()));
    }

    static TensorProto ints(int... values) {
        var tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32).setTensorShape(shapeProto(values.length));
        for (int value : values) {
            tensor.addIntVal(value);
        }
        return tensor.build();
    }

    static TensorProto floatScalar(float value) {
        return TensorProto.newBuilder()
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(shapeProto())
                .addFloatVal(value)
                .build();
    }

    static TensorProto intScalar(int value) {
        return TensorProto.newBuilder()
                .setDtype(DataType.DT_INT32)
                .setTensorShape(shapeProto())
                .addIntVal(value)
                .build();
    }

    static TensorProto stringScalar(String value) {
        return strings(List.of(value)).toBuilder().clearTensorShape().build();
    }

    static TensorProto strings(List<String> values) {
        var tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shapeProto(values.size()));
        values.forEach(value -> tensor.addStringVal(ByteString.copyFromUtf8(value)));
        return tensor.build();
    }

    /**
     * A function from floats to floats.
     *
     * @param results tensors of the body, as {@code node:output_argument:index}
     */
    static FunctionDef function(String name, List<String> arguments, List<String> results, NodeDef... nodes) {
        var signature = OpDef.newBuilder().setName(name);
        arguments.forEach(argument -> signature.addInputArg(argument(argument)));
        var function = FunctionDef.newBuilder();
        for (int i = 0; i < results.size(); i++) {
            signature.addOutputArg(argument("result" + i));
            function.putRet("result" + i, results.get(i));
        }
        return function.setSignature(signature).addAllNodeDef(List.of(nodes)).build();
    }

    private static OpDef.ArgDef argument(String name) {
        return OpDef.ArgDef.newBuilder()
                .setName(name)
                .setType(DataType.DT_FLOAT)
                .build();
    }

    static GraphDef graph(List<FunctionDef> functions, NodeDef... nodes) {
        return GraphDef.newBuilder()
                .addAllNode(List.of(nodes))
                .setLibrary(FunctionDefLibrary.newBuilder().addAllFunction(functions))
                .build();
    }

    static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }

    static AttrValue integer(long value) {
        return AttrValue.newBuilder().setI(value).build();
    }

    static AttrValue string(String value) {
        return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build();
    }

    static AttrValue strings(String... values) {
        var list = AttrValue.ListValue.newBuilder();
        for (var value : values) {
            list.addS(ByteString.copyFromUtf8(value));
        }
        return AttrValue.newBuilder().setList(list).build();
    }

    static AttrValue integers(long... values) {
        var list = AttrValue.ListValue.newBuilder();
        for (long value : values) {
            list.addI(value);
        }
        return AttrValue.newBuilder().setList(list).build();
    }

    static AttrValue placeholderAttribute(String name) {
        return AttrValue.newBuilder().setPlaceholder(name).build();
    }

    static AttrValue function(String name) {
        return AttrValue.newBuilder()
                .setFunc(NameAttrList.newBuilder().setName(name))
                .build();
    }

    static AttrValue floats(int count) {
        var list = AttrValue.ListValue.newBuilder();
        for (int i = 0; i < count; i++) {
            list.addType(DataType.DT_FLOAT);
        }
        return AttrValue.newBuilder().setList(list).build();
    }

    static AttrValue shape(long... sizes) {
        return AttrValue.newBuilder().setShape(shapeProto(sizes)).build();
    }

    static TensorShapeProto shapeProto(long... sizes) {
        var shape = TensorShapeProto.newBuilder();
        for (long size : sizes) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return shape.build();
    }
}
