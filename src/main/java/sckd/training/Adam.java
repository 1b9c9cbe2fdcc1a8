package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * Adam; with {@code decoupled} weight decay it is AdamW.
 */
public record Adam(float learningRate, float beta1, float beta2, float epsilon, float weightDecay, boolean decoupled)
        implements Optimizer {
    public Adam {
        checkArgument(learningRate > 0, "learning-rate is %s; expected more than 0", learningRate);
        checkArgument(beta1 >= 0 && beta1 < 1, "beta1 is %s; expected 0 to below 1", beta1);
        checkArgument(beta2 >= 0 && beta2 < 1, "beta2 is %s; expected 0 to below 1", beta2);
        checkArgument(epsilon > 0, "epsilon is %s; expected more than 0", epsilon);
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
