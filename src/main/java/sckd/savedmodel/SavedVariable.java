package sckd.savedmodel;

import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * A variable of a graph that {@link SavedModelWriter} is to write, with nodes named as TensorFlow's own loaders look for them: the handle
 * {@code NAME}, {@code NAME/Read/ReadVariableOp}, {@code NAME/Assign}, and the value to assign, {@code NAME/initial_value}, a placeholder.
 *
 * @param initialValue asked for once, when the model is written; as many values as the shape holds, row by row
 * @param initialValueFeed takes the value for {@code assign}
 */
public record SavedVariable(
        Variable variable,
        boolean trainable,
        Supplier<float[]> initialValue,
        Operand<TFloat32> initialValueFeed,
        Operation assign) {
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
        var env = scope.env();
        var handle = env.opBuilder("VarHandleOp", name, scope)
                .setAttr("dtype", DataType.DT_FLOAT)
                .setAttr("shape", shape)
                .setAttr("shared_name", name)
                .build();
        var read = env.opBuilder("ReadVariableOp", name + "/Read/ReadVariableOp", scope)
                .addInput(handle.output(0))
                .setAttr("dtype", DataType.DT_FLOAT)
                .build();
        var feed = env.opBuilder("Placeholder", name + "/initial_value", scope)
                .setAttr("dtype", DataType.DT_FLOAT)
                .setAttr("shape", shape)
                .build();
        var assign = env.opBuilder("AssignVariableOp", name + "/Assign", scope)
                .addInput(handle.output(0))
                .addInput(feed.output(0))
                .setAttr("dtype", DataType.DT_FLOAT)
                .build();
        var value = read.output(0).expect(TFloat32.class);
        return new SavedVariable(
                new Variable(name, handle.output(0), value, shape),
                trainable,
                initialValue,
                feed.output(0).expect(TFloat32.class),
                assign);
    }

    /** The entry of the collections {@code variables} and {@code trainable_variables}, from which Python makes its variables. */
    VariableDef toVariableDef() {
        return VariableDef.newBuilder()
                .setVariableName(variable.name() + ":0")
                .setInitialValueName(variable.name() + "/initial_value:0")
                .setInitializerName(assign.name())
                .setSnapshotName(variable.name() + "/Read/ReadVariableOp:0")
                .setIsResource(true)
                .setTrainable(trainable)
                .build();
    }
}
