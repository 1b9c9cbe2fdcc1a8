package sckd.savedmodel;

import com.google.common.math.LongMath;
import java.util.Optional;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/** Whether an entry of a checkpoint agrees with itself: TensorFlow allocates what the shape says before it looks at the size. */
final class BundleEntryCheck {
    private static final int HIGHEST_RANK = 254;

    private BundleEntryCheck() {}

    /** What is wrong, as a message goes on after the key. Of a tensor in slices nothing is stored here. */
    static Optional<String> findFault(BundleEntryProto entry) {
        if (entry.getSlicesCount() > 0) {
            return Optional.empty();
        }
        var shape = entry.getShape();
        boolean isShape = !shape.getUnknownRank()
                && shape.getDimCount() <= HIGHEST_RANK
                && shape.getDimList().stream()
                        .mapToLong(TensorShapeProto.Dim::getSize)
                        .allMatch(size -> size >= 0);
        if (!isShape) {
            return Optional.of("has the shape %s; expected a known one".formatted(Shapes.describe(Shapes.of(shape))));
        }
        var described = "%s %s".formatted(entry.getDtype(), Shapes.describe(Shapes.of(shape)));
        long elements = TensorSizes.elements(Shapes.of(shape));
        var bytes = TensorSizes.bytesOf(entry.getDtype());
        if (entry.getDtype() == DataType.DT_STRING) {
            return elements <= entry.getSize() // the length of each takes a byte at least
                    ? Optional.empty()
                    : Optional.of("is %s and has %d bytes".formatted(described, entry.getSize()));
        }
        if (bytes.isPresent() && LongMath.saturatedMultiply(elements, bytes.getAsInt()) != entry.getSize()) {
            return Optional.of("is %s and has %d bytes".formatted(described, entry.getSize()));
        }
        return Optional.empty();
    }
}
