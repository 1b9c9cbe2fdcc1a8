package sckd.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.ReadVariableOp;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A float32 resource variable of a graph: its handle and one read, built once and used wherever the value is meant (fetching a handle would
 * add a read to the graph on every run).
 *
 * @param name unique in the graph; also its {@code shared_name} and its key in checkpoints, such as {@code student/conv1/kernel}
 * @param handle the VarHandleOp's output
 * @param value the read of it
 * @param shape fully known
 */
public record Variable(String name, Operand<? extends TType> handle, Operand<TFloat32> value, Shape shape) {
    /** Adds a handle with the given name as its {@code shared_name}, and its read. */
    public static Variable build(Ops tf, String name, Shape shape) {
        var handle = VarHandleOp.create(
                tf.scope().withName(opName(name)), TFloat32.class, shape, VarHandleOp.sharedName(name));
        var value = ReadVariableOp.create(tf.scope().withName(opName(name) + ".read"), handle, TFloat32.class);
        return new Variable(name, handle, value, shape);
    }

    /** A name that an op may be asked to have, close to the given one: a model's own may hold what TensorFlow takes and TF-Java does not. */
    public static String opName(String name) {
        return name.replaceAll("[^A-Za-z0-9_.-]", ".");
    }

    /** An op that sets the variable; what reads it later in the same run is not ordered after it. */
    public Op buildAssign(Ops tf, Operand<TFloat32> newValue) {
        return AssignVariableOp.create(tf.scope(), handle, newValue);
    }
}
