package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.GradientProducts;

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
        checkArgument(threshold >= -1 && threshold <= 1, "threshold is %s; expected -1 to 1", threshold);
    }

    @Override
    public boolean usesGradients() {
        return true;
    }

    @Override
    public Operand<TFloat32> build(Ops tf, GradientProducts products) {
        var open = tf.math.greater(products.buildCosines(tf), tf.constant(threshold));
        return tf.dtypes.cast(open, TFloat32.class);
    }
}
