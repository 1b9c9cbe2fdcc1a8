package sckd.savedmodel;

import com.google.common.primitives.Longs;
import com.google.protobuf.ByteString;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Attributes of nodes, written and read. */
final class Attributes {
    private Attributes() {}

    static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }

    static AttrValue integer(long value) {
        return AttrValue.newBuilder().setI(value).build();
    }

    static AttrValue integers(long... values) {
        return AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addAllI(Longs.asList(values)))
                .build();
    }

    static AttrValue string(String value) {
        return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build();
    }

    static AttrValue shape(Shape shape) {
        return AttrValue.newBuilder().setShape(Shapes.toProto(shape)).build();
    }

    static AttrValue tensor(TensorProto value) {
        return AttrValue.newBuilder().setTensor(value).build();
    }

    /** A vector of ints, or a matrix of them where it has columns. */
    static TensorProto ints(int[] values, int columns) {
        var shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dim.newBuilder()
                        .setSize(columns == 0 ? values.length : values.length / columns));
        if (columns > 0) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(columns));
        }
        var tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT32).setTensorShape(shape);
        for (int value : values) {
            tensor.addIntVal(value);
        }
        return tensor.build();
    }

    static TensorProto scalar(int value) {
        return TensorProto.newBuilder()
                .setDtype(DataType.DT_INT32)
                .setTensorShape(TensorShapeProto.getDefaultInstance())
                .addIntVal(value)
                .build();
    }

    static TensorProto scalar(float value) {
        return TensorProto.newBuilder()
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(TensorShapeProto.getDefaultInstance())
                .addFloatVal(value)
                .build();
    }

    /** A writer may leave out an attribute that has its default. */
    static AttrValue of(NodeDef node, String name) {
        if (node.containsAttr(name)) {
            return node.getAttrOrThrow(name);
        }
        return OpDefs.registered().find(node.getOp()).stream()
                .flatMap(op -> op.getAttrList().stream())
                .filter(attribute -> attribute.getName().equals(name))
                .map(attribute -> attribute.getDefaultValue())
                .findFirst()
                .orElse(AttrValue.getDefaultInstance());
    }

    static String stringOf(NodeDef node, String name) {
        return of(node, name).getS().toStringUtf8();
    }

    static List<Long> integersOf(NodeDef node, String name) {
        return of(node, name).getList().getIList();
    }
}
