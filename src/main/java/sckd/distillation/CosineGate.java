package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The gate of Zhu and Wang, "Student Customized Knowledge Distillation: Bridging the Gap Between Student and Teacher", ICCV 2021:
 * {@code γ_k = 1} where {@code cos_k > φ}, else 0, for each loss and step. (The algorithm printed there has the test reversed; text and figure
 * have it this way round.) Gating an auxiliary loss by the cosine of its gradient is from Du et al. 2018, arXiv:1812.02224.
 *
 * <p>A zero gradient has cosine 0: at φ = 0 its gate is closed.
 *
 * @param threshold φ, −1 to 1; 0 opens where the gradient has a part along the supervised one
 */
public record CosineGate(float threshold) implements Gate {
    public CosineGate {
        checkThreshold(threshold);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        return GateOutput.of(buildOpen(tf, inputs.products().buildCosines(tf), threshold));
    }

    /** 1 where the cosine is above the threshold, else 0. */
    static Operand<TFloat32> buildOpen(Ops tf, Operand<TFloat32> cosines, float threshold) {
        return tf.dtypes.cast(tf.math.greater(cosines, tf.constant(threshold)), TFloat32.class);
    }

    static void checkThreshold(float threshold) {
        checkArgument(threshold >= -1 && threshold <= 1, "threshold is %s; expected -1 to 1", threshold);
    }
}
