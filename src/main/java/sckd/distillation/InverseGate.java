package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * {@code γ_k = 1} where {@code cos_k ≤ φ}, else 0: open exactly where {@link CosineGate} is closed. A control: what the gate is good for must be lost
 * here.
 *
 * @param threshold φ, −1 to 1
 */
public record InverseGate(float threshold) implements Gate {
    public InverseGate {
        CosineGate.checkThreshold(threshold);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var open = CosineGate.buildOpen(tf, inputs.products().buildCosines(tf), threshold);
        return GateOutput.of(tf.math.sub(tf.constant(1f), open));
    }
}
