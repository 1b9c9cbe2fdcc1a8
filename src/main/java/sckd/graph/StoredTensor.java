package sckd.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A tensor that lives on the device, one row for each sample. It is fed once, not a constant: a constant would sit in the graph, which TensorFlow copies and
 * limits to 2 GiB.
 *
 * @param value fed when it is set
 * @param assign sets it
 */
public record StoredTensor<T extends TType>(Class<T> type, VarHandleOp handle, Placeholder<T> value, Op assign) {
    /**
     * @param name unique in the graph together with {@code part}
     * @param shape all known, the samples first
     */
    public static <T extends TType> StoredTensor<T> build(
            Ops tf, String name, String part, Class<T> type, Shape shape) {
        var node = part.replace('/', '.');
        var handle = tf.withName(node).varHandleOp(type, shape, VarHandleOp.sharedName(name + "/" + part));
        var value = tf.withName(node + "-value").placeholder(type, Placeholder.shape(shape));
        return new StoredTensor<>(type, handle, value, tf.assignVariableOp(handle, value));
    }

    /** The rows of these samples. */
    public Operand<T> buildRows(Ops tf, Operand<TInt32> indices) {
        return tf.resourceGather(handle, indices, type);
    }
}
