package sckd.savedmodel;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;

/**
 * The nodes that set a variable before it is saved: {@code NAME/initial_value}, a placeholder, and {@code NAME/Assign}. They stay in the program,
 * as the definition of a variable has to name them; a value in their place would be in the program a second time.
 */
record Initializer(SavedVariable variable, Operand<TFloat32> initialValue, Operation assign) {
    /** Adds the nodes. */
    static Initializer build(Ops tf, SavedVariable variable) {
        var scope = tf.scope();
        var name = variable.variable().name();
        var initialValue = scope.env()
                .opBuilder("Placeholder", name + "/initial_value", scope)
                .setAttr("dtype", DataType.DT_FLOAT)
                .setAttr("shape", variable.variable().shape())
                .build()
                .output(0);
        var assign = scope.env()
                .opBuilder("AssignVariableOp", name + "/Assign", scope)
                .addInput(variable.variable().handle().asOutput())
                .addInput(initialValue)
                .setAttr("dtype", DataType.DT_FLOAT)
                .build();
        return new Initializer(variable, initialValue.expect(TFloat32.class), assign);
    }

    /** Adds the assignment to a run; the tensor is the caller's to close. */
    Tensor feed(Session.Runner runner) {
        var values = DataBuffers.of(variable.initialValue().get());
        var tensor = TFloat32.tensorOf(variable.variable().shape(), values);
        runner.feed(initialValue, tensor).addTarget(assign);
        return tensor;
    }

    /** The entry of the collections {@code variables} and {@code trainable_variables}, from which Python makes its variables. */
    VariableDef toVariableDef() {
        return VariableDef.newBuilder()
                .setVariableName(variable.variable().handle().op().name() + ":0")
                .setInitialValueName(initialValue.op().name() + ":0")
                .setInitializerName(assign.name())
                .setSnapshotName(variable.variable().value().op().name() + ":0")
                .setIsResource(true)
                .setTrainable(variable.trainable())
                .build();
    }
}
