package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyGradientDescent;
import org.tensorflow.op.train.ResourceApplyMomentum;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * Stochastic gradient descent: {@code v ← momentum·v + g; θ ← θ − lr·v}, with Nesterov {@code θ ← θ − lr·(g + momentum·v)} (Sutskever et al. 2013;
 * the form without dampening that PyTorch has, so that published learning rates mean the same).
 *
 * @param momentum in [0, 1)
 */
public record Sgd(float learningRate, float momentum, boolean nesterov, WeightDecay weightDecay) implements Optimizer {
    public Sgd {
        checkArgument(
                learningRate > 0 && Float.isFinite(learningRate),
                "learning-rate is %s; expected more than 0",
                learningRate);
        checkArgument(momentum >= 0 && momentum < 1, "momentum is %s; expected 0 to below 1", momentum);
        checkArgument(!nesterov || momentum > 0, "nesterov is true but momentum is 0; expected momentum above 0");
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
        for (int i = 0; i < variables.size(); i++) {
            var variable = variables.get(i);
            var decayed = weightDecay.build(tf, variable, gradients.get(i), learningRate);
            var apply = tf.withControlDependencies(decayed.before()).scope();
            if (momentum == 0) {
                updates.add(ResourceApplyGradientDescent.create(
                        apply, variable.handle(), learningRate, decayed.gradient()));
            } else {
                var velocity = slots.buildZeros(tf, "momentum", variable);
                updates.add(ResourceApplyMomentum.create(
                        apply,
                        variable.handle(),
                        velocity.handle(),
                        learningRate,
                        decayed.gradient(),
                        tf.constant(momentum),
                        ResourceApplyMomentum.useNesterov(nesterov)));
            }
        }
        return slots.updates(updates);
    }
}
