package sckd.savedmodel;

import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * A variable that the signature's graph reads, bound to its places in the checkpoint.
 *
 * @param handle its VarHandleOp's node in the flat graph
 * @param trainable false for moving averages, seeds and counters
 * @param keys every checkpoint key that holds its value, at least one; all are written on export
 */
public record ModelVariable(String handle, DataType dtype, Shape shape, boolean trainable, List<String> keys) {}
