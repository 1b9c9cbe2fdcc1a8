package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.GradientProducts;

/** No gate: γ = 1 for every loss, plain distillation. */
public record OpenGate() implements Gate {
    @Override
    public boolean usesGradients() {
        return false;
    }

    @Override
    public Operand<TFloat32> build(Ops tf, GradientProducts products) {
        return tf.onesLike(products.dots());
    }
}
