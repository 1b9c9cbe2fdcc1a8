package sckd.autodiff;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The direction of a gated step: {@code w_S·g_S + Σ_k γ_k α_k g_k}. */
public final class CombinedGradient {
    private CombinedGradient() {}

    /**
     * Adds the weighted sum, one tensor for each variable. A variable that only loss k reaches (its adapter) gets {@code γ_k α_k g_k}: a closed
     * gate makes that zero as well (an optimizer's momentum and weight decay go on all the same). A gradient that is not
     * finite stays so behind a closed gate: 0 · NaN is NaN.
     *
     * @param values the variables' reads, for the zeros of a variable that no loss reaches
     * @param supervisedWeight w_S
     * @param weights α, one for each loss
     * @param gates γ, {@code [losses]}
     */
    public static List<Operand<TFloat32>> build(
            Ops tf,
            List<Operand<TFloat32>> values,
            Gradient supervised,
            float supervisedWeight,
            List<Gradient> losses,
            List<Float> weights,
            Operand<TFloat32> gates) {
        checkArgument(
                losses.size() == weights.size(),
                "%s weights; expected one for each of the %s losses",
                weights.size(),
                losses.size());
        var gradients = new ArrayList<Gradient>(losses.size() + 1);
        var factors = new ArrayList<Operand<TFloat32>>(losses.size() + 1);
        gradients.add(supervised);
        factors.add(tf.constant(supervisedWeight));
        for (int k = 0; k < losses.size(); k++) {
            gradients.add(losses.get(k));
            var gate = tf.gather(gates, tf.constant(k), tf.constant(0));
            factors.add(tf.math.mul(gate, tf.constant(weights.get(k))));
        }
        var combined = new ArrayList<Operand<TFloat32>>(values.size());
        for (int v = 0; v < values.size(); v++) {
            combined.add(buildComponent(tf, values.get(v), v, gradients, factors));
        }
        return combined;
    }

    private static Operand<TFloat32> buildComponent(
            Ops tf, Operand<TFloat32> value, int variable, List<Gradient> gradients, List<Operand<TFloat32>> factors) {
        var terms = new ArrayList<Operand<TFloat32>>();
        for (int i = 0; i < gradients.size(); i++) {
            var component = gradients.get(i).components().get(variable);
            if (component.isPresent()) {
                terms.add(tf.math.mul(factors.get(i), component.get()));
            }
        }
        return terms.isEmpty() ? tf.zerosLike(value) : tf.math.addN(terms);
    }
}
