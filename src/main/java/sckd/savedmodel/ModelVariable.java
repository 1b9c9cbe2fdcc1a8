package sckd.savedmodel;

import java.util.List;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * A variable that the signature's graph reads, bound to its places in the checkpoint.
 *
 * @param handle its VarHandleOp's node in the flat graph
 * @param shape its own, also where it is a part of what is stored
 * @param trainable false for moving averages, seeds and counters
 * @param keys every checkpoint key that holds its value, at least one; all are written on export
 * @param slice which part of the stored tensors it is, for a part of a partitioned variable; empty for the whole
 */
public record ModelVariable(
        String handle, DataType dtype, Shape shape, boolean trainable, List<String> keys, Optional<TensorSlice> slice) {
    /** A variable that is stored as it is. */
    public ModelVariable(String handle, DataType dtype, Shape shape, boolean trainable, List<String> keys) {
        this(handle, dtype, shape, trainable, keys, Optional.empty());
    }

    ModelVariable asTrainable() {
        return new ModelVariable(handle, dtype, shape, true, keys, slice);
    }

    /** Whether it is of a float type, of any width: only such can be trained. */
    boolean isFloat() {
        return isFloat(dtype);
    }

    static boolean isFloat(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT, DT_HALF, DT_BFLOAT16, DT_DOUBLE -> true;
            default -> false;
        };
    }

    /** How RestoreV2 is to be asked for it. */
    String shapeAndSlice() {
        return slice.map(TensorSlice::toString).orElse("");
    }
}
