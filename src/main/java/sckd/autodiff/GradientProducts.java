package sckd.autodiff;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a gate knows of the gradients of one step, all of θ as one vector; how it was computed stays here.
 *
 * @param dots {@code ⟨g_S, g_k⟩}, {@code [losses]}
 * @param supervisedSquaredNorm {@code ‖g_S‖²}, scalar
 * @param squaredNorms {@code ‖g_k‖²}, {@code [losses]}
 */
public record GradientProducts(
        Operand<TFloat32> dots, Operand<TFloat32> supervisedSquaredNorm, Operand<TFloat32> squaredNorms) {
    /** Accumulates the products per variable; no concatenated vector is made. */
    public static GradientProducts build(Ops tf, Gradient supervised, List<Gradient> losses) {
        throw new UnsupportedOperationException();
    }

    /** {@code cos_k = ⟨g_S, g_k⟩ / (‖g_S‖ ‖g_k‖)}, {@code [losses]}; 0 where a gradient is zero, never NaN for finite gradients. */
    public Operand<TFloat32> buildCosines(Ops tf) {
        throw new UnsupportedOperationException();
    }
}
