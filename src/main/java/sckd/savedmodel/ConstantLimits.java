package sckd.savedmodel;

import com.google.common.math.LongMath;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import sckd.UserException;

/**
 * Judges the constants of a program before TensorFlow sees them: it looks at a constant's content only when it runs, may be asked for terabytes of
 * one value that stands there once, and decodes resources and variants by what they say of themselves.
 */
final class ConstantLimits {
    private ConstantLimits() {}

    /** @throws UserException if the node is a constant that is not whole, or too large */
    static void check(NodeDef node) {
        if (node.getOp().equals("Const")) {
            var value = node.getAttrOrDefault("value", AttrValue.getDefaultInstance())
                    .getTensor();
            findFault(node, value).ifPresent(fault -> {
                throw new UserException("node '%s' (Const) %s".formatted(node.getName(), fault));
            });
        }
    }

    private static Optional<String> findFault(NodeDef node, TensorProto value) {
        var stated =
                node.getAttrOrDefault("dtype", AttrValue.getDefaultInstance()).getType();
        if (stated != value.getDtype()) {
            return Optional.of("is %s and holds %s".formatted(stated, value.getDtype()));
        }
        var bytes = TensorSizes.bytesOf(stated);
        if (bytes.isEmpty()) {
            return Optional.of("holds %s; expected numbers, booleans or strings".formatted(stated));
        }
        var shape = Shapes.of(value.getTensorShape());
        if (shape.isUnknown() || shape.hasUnknownDimension()) {
            return Optional.of("has the shape %s; expected a known one".formatted(Shapes.describe(shape)));
        }
        long elements = TensorSizes.elements(shape);
        if (elements > TensorSizes.LARGEST / bytes.getAsInt()) {
            return Optional.of("holds %s %s; expected less than 2 GiB".formatted(stated, Shapes.describe(shape)));
        }
        return isWhole(value, elements, bytes.getAsInt())
                ? Optional.empty()
                : Optional.of("does not hold as many values as its shape %s says".formatted(Shapes.describe(shape)));
    }

    /** Values that are listed may be fewer, the last stands for the rest; a block of bytes holds them all. */
    private static boolean isWhole(TensorProto value, long elements, int bytes) {
        int content = value.getTensorContent().size();
        if (content == 0) {
            return listed(value) <= elements;
        }
        return value.getDtype() == DataType.DT_STRING
                ? StringConstants.read(value).size() == elements
                : content == LongMath.checkedMultiply(elements, bytes);
    }

    private static long listed(TensorProto value) {
        return switch (value.getDtype()) {
            case DT_FLOAT -> value.getFloatValCount();
            case DT_DOUBLE -> value.getDoubleValCount();
            case DT_STRING -> value.getStringValCount();
            case DT_INT64 -> value.getInt64ValCount();
            case DT_BOOL -> value.getBoolValCount();
            case DT_HALF, DT_BFLOAT16 -> value.getHalfValCount();
            case DT_UINT32 -> value.getUint32ValCount();
            case DT_UINT64 -> value.getUint64ValCount();
            case DT_COMPLEX64 -> value.getScomplexValCount() / 2;
            case DT_COMPLEX128 -> value.getDcomplexValCount() / 2;
            default -> value.getIntValCount();
        };
    }
}
