package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * {@code γ_{k,v} = 1} where the cosine of g_S and g_k over variable v alone is above φ, else 0. The log shows, and the adapters of loss k get, the mean
 * of γ_{k,v} over the variables.
 *
 * @param threshold φ, −1 to 1
 */
public record PerVariableGate(float threshold) implements Gate {
    public PerVariableGate {
        CosineGate.checkThreshold(threshold);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var cosines = inputs.gradients().orElseThrow().buildCosinesByVariable(tf); // [losses, variables]
        var open = CosineGate.buildOpen(tf, cosines, threshold);
        return GateOutput.of(tf.math.mean(open, tf.constant(1))).withByVariable(open);
    }
}
