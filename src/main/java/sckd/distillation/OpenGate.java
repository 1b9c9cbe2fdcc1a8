package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.GradientProducts;

/**
 * No gate: γ = 1 for every loss, plain distillation.
 *
 * @param measure whether each loss has its own gradient all the same, so that the log has its cosine; without it one backward pass serves all
 *     losses
 */
public record OpenGate(boolean measure) implements Gate {
    @Override
    public boolean usesGradients() {
        return measure;
    }

    @Override
    public Operand<TFloat32> build(Ops tf, GradientProducts products) {
        return tf.onesLike(products.dots());
    }
}
