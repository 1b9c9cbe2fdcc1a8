package example;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.distillation.Gate;
import sckd.distillation.GateInputs;
import sckd.distillation.GateOutput;
import sckd.graph.Variable;

/** Opens where the cosine is above φ, closes where it is below −φ, and stays as it was in between; closed at first. */
public record SteadyGate(float threshold) implements Gate {
    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var shape = Shape.of(inputs.losses().size());
        var before = Variable.build(tf, "gate/before", shape);
        var closed = before.buildAssign(tf, tf.fill(tf.constant(shape), tf.constant(0f)));
        var cosines = inputs.products().buildCosines(tf); // [losses]
        var clear = tf.math.greater(tf.math.abs(cosines), tf.constant(threshold));
        var open = tf.dtypes.cast(tf.math.greater(cosines, tf.constant(0f)), TFloat32.class);
        var gates = tf.select(clear, open, before.value());
        return GateOutput.of(gates).withState(new GateOutput.State(before, closed), before.buildAssign(tf, gates));
    }
}
