package sckd.savedmodel;

import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.TensorShapeProto;

/** Shapes as protobufs hold them and as messages print them. */
final class Shapes {
    private Shapes() {}

    /** Unknown sizes are −1 in both. */
    static Shape of(TensorShapeProto shape) {
        return shape.getUnknownRank()
                ? Shape.unknown()
                : Shape.of(shape.getDimList().stream()
                        .mapToLong(TensorShapeProto.Dim::getSize)
                        .toArray());
    }

    static TensorShapeProto toProto(Shape shape) {
        var proto = TensorShapeProto.newBuilder();
        if (shape.isUnknown()) {
            return proto.setUnknownRank(true).build();
        }
        for (long size : shape.asArray()) {
            proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return proto.build();
    }

    /** As {@code [?, 32, 32, 3]}. */
    static String describe(Shape shape) {
        return shape.isUnknown()
                ? "of unknown rank"
                : LongStream.of(shape.asArray())
                        .mapToObj(size -> size < 0 ? "?" : Long.toString(size))
                        .collect(Collectors.joining(", ", "[", "]"));
    }
}
