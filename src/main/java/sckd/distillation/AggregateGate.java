package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * One γ for all losses: 1 where the cosine of g_S and {@code Σ_k α_k g_k} is above φ, else 0.
 *
 * @param threshold φ, −1 to 1
 */
public record AggregateGate(float threshold) implements Gate {
    public AggregateGate {
        CosineGate.checkThreshold(threshold);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var cosine = inputs.gradients().orElseThrow().buildCosineOfSum(tf, inputs.weights()); // [1]
        var open = CosineGate.buildOpen(tf, cosine, threshold);
        return GateOutput.of(tf.math.mul(OpenGate.buildSame(tf, inputs, 1), open));
    }
}
