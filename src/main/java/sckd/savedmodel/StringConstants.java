package sckd.savedmodel;

import com.google.protobuf.ByteString;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorflow.proto.TensorProto;

/**
 * Strings of a constant. TensorFlow writes them one by one, or, from a graph that was built through its C API, as one block: the length of each
 * as a varint, then all their bytes.
 */
final class StringConstants {
    private StringConstants() {}

    /** The strings in order; empty where the constant is damaged. */
    static List<String> read(TensorProto tensor) {
        if (tensor.getTensorContent().isEmpty()) {
            return tensor.getStringValList().stream()
                    .map(text -> text.toStringUtf8())
                    .toList();
        }
        try {
            var block = tensor.getTensorContent().asReadOnlyByteBuffer();
            int count = Math.toIntExact(tensor.getTensorShape().getDimList().stream()
                    .mapToLong(dim -> dim.getSize())
                    .reduce(1, Math::multiplyExact));
            if (count < 0 || count > block.remaining()) {
                return List.of();
            }
            var lengths = LongStream.range(0, count)
                    .mapToInt(i -> Math.toIntExact(SortedTable.readVarint(block)))
                    .toArray();
            return IntStream.of(lengths).mapToObj(length -> text(block, length)).toList();
        } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException e) {
            return List.of();
        }
    }

    private static String text(ByteBuffer block, int length) {
        if (length < 0 || length > block.remaining()) {
            throw new BufferUnderflowException();
        }
        return ByteString.copyFrom(block, length).toStringUtf8();
    }
}
