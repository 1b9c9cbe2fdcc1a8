package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * Stochastic gradient descent.
 *
 * @param momentum in [0, 1)
 * @param weightDecay at least 0
 */
public record Sgd(float learningRate, float momentum, boolean nesterov, float weightDecay, boolean decoupled)
        implements Optimizer {
    public Sgd {
        checkArgument(learningRate > 0, "learning-rate is %s; expected more than 0", learningRate);
        checkArgument(momentum >= 0 && momentum < 1, "momentum is %s; expected 0 to below 1", momentum);
        checkArgument(weightDecay >= 0, "weight-decay is %s; expected at least 0", weightDecay);
    }

    @Override
    public Updates build(
            Ops tf,
            String name,
            List<Variable> variables,
            List<Operand<TFloat32>> gradients,
            Operand<TFloat32> learningRate) {
        throw new UnsupportedOperationException();
    }
}
