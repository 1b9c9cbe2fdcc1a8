package sckd.autodiff;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * ∇θ of one loss, a component for each variable of θ in order; empty where the loss does not depend on the variable, which stands for zeros.
 */
public record Gradient(List<Optional<Operand<TFloat32>>> components) {
    /**
     * Adds the backward pass of {@code loss} to {@code values} (the variables' reads). Reaches only what the loss depends on.
     *
     * @throws sckd.UserException if an op on the way has no gradient: names op kind and node
     */
    public static Gradient build(Ops tf, Operand<TFloat32> loss, List<Operand<TFloat32>> values) {
        throw new UnsupportedOperationException();
    }
}
