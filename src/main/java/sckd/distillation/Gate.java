package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.GradientProducts;

/** Decides in each step, for each distillation loss, how much of its gradient takes part. */
public interface Gate {
    /** Whether it looks at the gradients; where not, a step needs no gradient for each loss. */
    boolean usesGradients();

    /** γ, {@code [losses]}: 1 open, 0 closed. */
    Operand<TFloat32> build(Ops tf, GradientProducts products);
}
