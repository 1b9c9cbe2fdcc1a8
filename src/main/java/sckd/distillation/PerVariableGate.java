package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@code γ_{k,v} = 1} where the cosine of g_S and g_k over variable v alone is above φ, else 0. The log shows, and the adapters of loss k and the heads
 * get, the mean of γ_{k,v} over the variables that loss k reaches, those over which g_k is not zero; 0 where there is none. The others have nothing to let
 * through: counted in, they would hold a hint on an early layer, and its adapter, near 0 whatever the gate decides.
 *
 * @param threshold φ, −1 to 1
 */
public record PerVariableGate(float threshold) implements Gate {
    public PerVariableGate {
        CosineGate.checkThreshold(threshold);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var products = inputs.gradients().orElseThrow().buildProductsByVariable(tf);
        var open = CosineGate.buildOpen(tf, products.buildCosines(tf), threshold); // [losses, variables]
        return GateOutput.of(buildMean(tf, open, products.squaredNorms())).withByVariable(open);
    }

    /** Over the variables with a gradient, {@code [losses]}. */
    private static Operand<TFloat32> buildMean(Ops tf, Operand<TFloat32> open, Operand<TFloat32> squaredNorms) {
        var reached = tf.dtypes.cast(tf.math.notEqual(squaredNorms, tf.constant(0f)), TFloat32.class);
        var axis = tf.constant(1);
        return tf.math.divNoNan(tf.reduceSum(tf.math.mul(open, reached), axis), tf.reduceSum(reached, axis));
    }
}
