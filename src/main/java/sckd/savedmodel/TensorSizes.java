package sckd.savedmodel;

import com.google.common.math.LongMath;
import java.util.OptionalInt;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import sckd.UserException;

/**
 * How large a tensor of a model may be. TensorFlow allocates what a graph asks for: a size past what the machine has ends the process, one that
 * overflows a number too.
 */
final class TensorSizes {
    /** Bytes of one tensor for one batch of few images: what a protobuf can hold. */
    static final long LARGEST = 1L << 31;

    /** Elements of one tensor of a graph that runs, for any batch: far from overflow, and more than any device has. */
    static final long MOST_ELEMENTS = 1L << 40;

    private TensorSizes() {}

    /** The bytes of an element; empty for what is no plain value. */
    static OptionalInt bytesOf(DataType dtype) {
        return switch (dtype) {
            case DT_BOOL, DT_INT8, DT_UINT8, DT_QINT8, DT_QUINT8 -> OptionalInt.of(1);
            case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16, DT_QINT16, DT_QUINT16 -> OptionalInt.of(2);
            case DT_FLOAT, DT_INT32, DT_UINT32, DT_QINT32 -> OptionalInt.of(4);
            case DT_DOUBLE, DT_INT64, DT_UINT64, DT_COMPLEX64 -> OptionalInt.of(8);
            case DT_COMPLEX128 -> OptionalInt.of(16);
            case DT_STRING -> OptionalInt.of(24); // TensorFlow's own for a short one
            default -> OptionalInt.empty();
        };
    }

    /** Of the sizes that are known, the product; {@link Long#MAX_VALUE} where it is larger. */
    static long elements(Shape shape) {
        long elements = 1;
        if (!shape.isUnknown()) {
            for (long size : shape.asArray()) {
                elements = LongMath.saturatedMultiply(elements, Math.max(size, size < 0 ? 1 : 0));
            }
        }
        return elements;
    }

    /** At least so many bytes; {@link Long#MAX_VALUE} where it is more than a number holds. */
    static long bytes(DataType dtype, Shape shape) {
        return LongMath.saturatedMultiply(elements(shape), bytesOf(dtype).orElse(1));
    }

    /** @throws UserException if a tensor is larger than a model's may be */
    static void check(String node, String op, DataType dtype, Shape shape) {
        if (bytes(dtype, shape) > LARGEST) {
            throw new UserException("node '%s' (%s) makes a tensor of %s %s; expected at most 2 GiB"
                    .formatted(node, op, dtype, Shapes.describe(shape)));
        }
    }
}
