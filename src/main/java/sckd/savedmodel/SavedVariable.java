package sckd.savedmodel;

import java.util.function.Supplier;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * A variable of a graph that {@link SavedModelWriter} is to write, with its nodes named as TensorFlow's own loaders look for them: the handle
 * {@code NAME} and the one read {@code NAME/Read/ReadVariableOp}.
 *
 * @param initialValue asked for when the model is written; as many values as the shape holds, row by row
 */
public record SavedVariable(Variable variable, boolean trainable, Supplier<float[]> initialValue) {
    /**
     * Adds the variable's nodes.
     *
     * @param name whole, with its scopes, such as {@code stage1/conv1/kernel}; also its {@code shared_name} and its key in the checkpoint
     * @param shape fully known
     */
    public static SavedVariable build(
            Ops tf, String name, Shape shape, boolean trainable, Supplier<float[]> initialValue) {
        // Full names go through the operation builder: Python reads `NAME/Read/ReadVariableOp` without being told, and
        // TF-Java throws on a
        // sub-scope that is named as an op is.
        var scope = tf.scope();
        var handle = scope.env()
                .opBuilder("VarHandleOp", name, scope)
                .setAttr("dtype", DataType.DT_FLOAT)
                .setAttr("shape", shape)
                .setAttr("shared_name", name)
                .build();
        var read = scope.env()
                .opBuilder("ReadVariableOp", name + "/Read/ReadVariableOp", scope)
                .addInput(handle.output(0))
                .setAttr("dtype", DataType.DT_FLOAT)
                .build();
        var variable = new Variable(name, handle.output(0), read.output(0).expect(TFloat32.class), shape);
        return new SavedVariable(variable, trainable, initialValue);
    }
}
