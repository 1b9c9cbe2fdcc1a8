package sckd.distillation;

import com.google.common.primitives.Floats;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Always open, but a gradient that points against the supervised one loses that part of it: {@code g_k ← g_k − ⟨g_S, g_k⟩/‖g_S‖² · g_S} where
 * {@code ⟨g_S, g_k⟩ < 0}. One-sided form of Yu et al. 2020, "Gradient Surgery for Multi-Task Learning" (PCGrad), arXiv:2001.06782: g_S itself is never
 * projected. The log shows 1 where {@code g_k} was left as it is, 0 where it lost a part.
 */
public record ProjectGate() implements Gate {
    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var products = inputs.products();
        var against = tf.math.minimum(products.dots(), tf.constant(0f)); // [losses]
        var weights = tf.constant(Floats.toArray(inputs.weights()));
        // Σ α_k min(0, ⟨g_S, g_k⟩) / ‖g_S‖² of g_S is taken away: all projections are along the one vector g_S.
        var along = tf.math.divNoNan(
                tf.reduceSum(tf.math.mul(weights, against), tf.constant(0)), products.supervisedSquaredNorm());
        var whole = tf.math.greaterEqual(products.dots(), tf.constant(0f));
        return GateOutput.of(OpenGate.buildSame(tf, inputs, 1))
                .withLogged(tf.dtypes.cast(whole, TFloat32.class))
                .withSupervisedShift(tf.math.neg(along));
    }
}
