package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * {@code γ_k = max(0, cos_k)}: the more a gradient points along the supervised one, the more of it takes part. The weighted version of Du et al.
 * 2018, "Adapting Auxiliary Losses Using Gradient Similarity", arXiv:1812.02224.
 */
public record WeightedGate() implements Gate {
    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        return GateOutput.of(tf.math.maximum(inputs.products().buildCosines(tf), tf.constant(0f)));
    }
}
