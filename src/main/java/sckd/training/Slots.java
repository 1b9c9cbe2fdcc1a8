package sckd.training;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/** Collects an optimizer's own variables while it is built. */
final class Slots {
    private final String prefix;
    private final List<Variable> variables = new ArrayList<>();
    private final List<Op> initialize = new ArrayList<>();

    Slots(String prefix) {
        this.prefix = prefix;
    }

    /** A slot of a variable's shape, first all zeros. */
    Variable buildZeros(Ops tf, String kind, Variable variable) {
        var slot = Variable.build(tf, prefix + "/" + kind + "/" + variable.name(), variable.shape());
        var zeros = tf.zeros(tf.constant(variable.shape().asArray()), TFloat32.class);
        return add(slot, slot.buildAssign(tf, zeros));
    }

    /** A scalar slot. */
    Variable buildScalar(Ops tf, String kind, float first) {
        var slot = Variable.build(tf, prefix + "/" + kind, Shape.scalar());
        return add(slot, slot.buildAssign(tf, tf.constant(first)));
    }

    private Variable add(Variable slot, Op assign) {
        variables.add(slot);
        initialize.add(assign);
        return slot;
    }

    Optimizer.Updates updates(List<Op> updates) {
        return new Optimizer.Updates(List.copyOf(variables), List.copyOf(initialize), List.copyOf(updates));
    }
}
