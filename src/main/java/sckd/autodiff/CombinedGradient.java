package sckd.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The direction of a gated step: {@code w_S·g_S + Σ_k c_k g_k}, where {@code c_k = γ_k α_k}, which may differ from variable to variable. */
public final class CombinedGradient {
    /** How much of a loss's gradient takes part. */
    @FunctionalInterface
    public interface Factors {
        /** {@code c_k} of loss k for a variable, scalar. */
        Operand<TFloat32> of(int loss, int variable);
    }

    private CombinedGradient() {}

    /**
     * Adds the weighted sum, one tensor for each variable. A variable that only loss k reaches (its adapter) gets {@code c_k g_k}: a closed
     * gate makes that zero as well (an optimizer's momentum and weight decay go on all the same). A gradient that is not
     * finite stays so behind a closed gate: 0 · NaN is NaN.
     *
     * @param values the variables' reads, for the zeros of a variable that no loss reaches
     * @param supervisedFactor w_S for a variable, scalar
     */
    public static List<Operand<TFloat32>> build(
            Ops tf,
            List<Operand<TFloat32>> values,
            Gradient supervised,
            IntFunction<Operand<TFloat32>> supervisedFactor,
            List<Gradient> losses,
            Factors factors) {
        var combined = new ArrayList<Operand<TFloat32>>(values.size());
        for (int v = 0; v < values.size(); v++) {
            var terms = new ArrayList<Operand<TFloat32>>();
            var main = supervised.components().get(v);
            if (main.isPresent()) {
                terms.add(tf.math.mul(supervisedFactor.apply(v), main.get()));
            }
            for (int k = 0; k < losses.size(); k++) {
                var part = losses.get(k).components().get(v);
                if (part.isPresent()) {
                    terms.add(tf.math.mul(factors.of(k, v), part.get()));
                }
            }
            combined.add(terms.isEmpty() ? tf.zerosLike(values.get(v)) : tf.math.addN(terms));
        }
        return combined;
    }
}
