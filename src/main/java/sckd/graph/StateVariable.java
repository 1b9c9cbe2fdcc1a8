package sckd.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.family.TType;

/**
 * A resource variable of a graph that is no weight, of any type: the state of a random number generator, a counter. Otherwise as {@link Variable}.
 *
 * @param name unique in the graph; also its {@code shared_name} and its key in checkpoints
 * @param handle the VarHandleOp's output
 * @param value the read of it
 * @param shape fully known
 */
public record StateVariable(
        String name, Operand<? extends TType> handle, Operand<? extends TType> value, DataType dtype, Shape shape) {
    /** Adds a handle with the given name as its {@code shared_name}, and its read. */
    public static StateVariable build(Ops tf, String name, DataType dtype, Shape shape) {
        var named = tf.withName(name.replace('/', '.')).scope();
        // VarHandleOp.create wants a Java class for each type, and not every type has one
        Operand<? extends TType> handle = named.opBuilder("VarHandleOp", "VarHandle")
                .setAttr("dtype", dtype)
                .setAttr("shape", shape)
                .setAttr("shared_name", name)
                .build()
                .output(0);
        Operand<? extends TType> value = tf.withName(name.replace('/', '.') + ".read")
                .scope()
                .opBuilder("ReadVariableOp", "Read")
                .addInput(handle.asOutput())
                .setAttr("dtype", dtype)
                .build()
                .output(0);
        return new StateVariable(name, handle, value, dtype, shape);
    }

    /** An op that sets the variable to a tensor of its type; what reads it later in the same run is not ordered after it. */
    public Op buildAssign(Ops tf, Operand<?> newValue) {
        return AssignVariableOp.create(tf.scope(), handle, newValue);
    }
}
