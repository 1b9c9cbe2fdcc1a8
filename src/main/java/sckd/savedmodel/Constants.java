package sckd.savedmodel;

import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import java.nio.ByteOrder;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** The values of a graph's Const nodes. */
final class Constants {
    private static final int MOST_VALUES = 1000;

    private Constants() {}

    /** The ints of a constant, row by row; empty where the tensor is none, or none of few ints. */
    static Optional<int[]> findInts(FlatGraph graph, TensorName tensor) {
        return findConst(graph, tensor)
                .flatMap(node -> ints(Attributes.of(node, "value").getTensor()));
    }

    /** A constant's node behind Identities. */
    static Optional<NodeDef> findConst(FlatGraph graph, TensorName tensor) {
        return Optional.of(graph.nodes().get(graph.withoutIdentities(tensor).node()))
                .filter(node -> node.getOp().equals("Const"));
    }

    /** A writer may store one value for all that are equal at the end. */
    private static Optional<int[]> ints(TensorProto value) {
        boolean isLong = value.getDtype() == DataType.DT_INT64;
        var shape = Shapes.of(value.getTensorShape());
        if ((!isLong && value.getDtype() != DataType.DT_INT32)
                || shape.hasUnknownDimension()
                || shape.size() > MOST_VALUES) {
            return Optional.empty();
        }
        var stored = stored(value, isLong);
        var values = new int[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = stored.length == 0 ? 0 : Ints.saturatedCast(stored[Math.min(i, stored.length - 1)]);
        }
        return Optional.of(values);
    }

    private static long[] stored(TensorProto value, boolean isLong) {
        var bytes = value.getTensorContent();
        if (bytes.isEmpty()) {
            return isLong ? Longs.toArray(value.getInt64ValList()) : Longs.toArray(value.getIntValList());
        }
        var buffer = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        var values = new long[bytes.size() / (isLong ? Long.BYTES : Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = isLong ? buffer.getLong() : buffer.getInt();
        }
        return values;
    }
}
