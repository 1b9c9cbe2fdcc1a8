package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyAdam;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980), in TensorFlow's form:
 * {@code m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − lr·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε)}. With decoupled weight decay it is AdamW.
 */
public record Adam(float learningRate, float beta1, float beta2, float epsilon, WeightDecay weightDecay)
        implements Optimizer {
    public Adam {
        checkArgument(
                learningRate > 0 && Float.isFinite(learningRate),
                "learning-rate is %s; expected more than 0",
                learningRate);
        checkArgument(beta1 >= 0 && beta1 < 1, "beta1 is %s; expected 0 to below 1", beta1);
        checkArgument(beta2 >= 0 && beta2 < 1, "beta2 is %s; expected 0 to below 1", beta2);
        checkArgument(epsilon > 0, "epsilon is %s; expected more than 0", epsilon);
    }

    @Override
    public Updates build(
            Ops tf,
            String name,
            List<Variable> variables,
            List<Operand<TFloat32>> gradients,
            Operand<TFloat32> learningRate) {
        var slots = new Slots(name);
        var updates = new ArrayList<Op>();
        // βᵗ of this step: each read is multiplied once, used by every update and written back
        var power1 = buildPower(tf, slots, "beta1-power", beta1, updates);
        var power2 = buildPower(tf, slots, "beta2-power", beta2, updates);
        for (int i = 0; i < variables.size(); i++) {
            var variable = variables.get(i);
            var decayed = weightDecay.build(tf, variable, gradients.get(i), learningRate);
            updates.add(ResourceApplyAdam.create(
                    tf.withControlDependencies(decayed.before()).scope(),
                    variable.handle(),
                    slots.buildZeros(tf, "m", variable).handle(),
                    slots.buildZeros(tf, "v", variable).handle(),
                    power1,
                    power2,
                    learningRate,
                    tf.constant(beta1),
                    tf.constant(beta2),
                    tf.constant(epsilon),
                    decayed.gradient()));
        }
        return slots.updates(updates);
    }

    private static Operand<TFloat32> buildPower(Ops tf, Slots slots, String kind, float beta, List<Op> updates) {
        var power = slots.buildScalar(tf, kind, 1);
        var next = tf.math.mul(power.value(), tf.constant(beta));
        updates.add(power.buildAssign(tf, next));
        return next;
    }
}
