package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignSubVariableOp;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * Weight decay of every trained variable, biases and batch norm included, as the compared protocols have it.
 *
 * @param rate λ, at least 0
 * @param decoupled false: {@code λ·θ} is added to the gradient before momentum (L2 regularisation). True: {@code θ ← θ − lr·λ·θ} beside the
 *     update (Loshchilov and Hutter 2019, arXiv:1711.05101)
 */
public record WeightDecay(float rate, boolean decoupled) {
    public WeightDecay {
        checkArgument(rate >= 0 && Float.isFinite(rate), "weight-decay is %s; expected at least 0", rate);
    }

    /**
     * @param gradient what the optimizer takes
     * @param before what has to run before the optimizer's update; the order is fixed, for sums of floats depend on it
     */
    record Decayed(Operand<TFloat32> gradient, List<Op> before) {}

    Decayed build(Ops tf, Variable variable, Operand<TFloat32> gradient, Operand<TFloat32> learningRate) {
        if (rate == 0) {
            return new Decayed(gradient, List.of());
        }
        var decay = tf.math.mul(tf.constant(rate), variable.value());
        if (!decoupled) {
            return new Decayed(tf.math.add(gradient, decay), List.of());
        }
        // waits for the gradient: the decay must not be seen by the backward pass of the same step
        var after = tf.withControlDependencies(gradient);
        var decrement = after.math.mul(learningRate, decay);
        return new Decayed(gradient, List.of(AssignSubVariableOp.create(after.scope(), variable.handle(), decrement)));
    }
}
