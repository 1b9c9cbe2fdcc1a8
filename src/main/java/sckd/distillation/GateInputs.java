package sckd.distillation;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import sckd.autodiff.GradientProducts;
import sckd.autodiff.LossGradients;

/**
 * What a gate may look at in a step.
 *
 * @param losses their names, in order
 * @param weights α, one for each loss
 * @param gradients over θ; empty for a gate that says that it uses none
 * @param step of the training, from 1; scalar
 * @param epoch epochs done before the step, with fraction; scalar
 * @param seed of the training
 */
public record GateInputs(
        List<String> losses,
        List<Float> weights,
        Optional<LossGradients> gradients,
        Operand<TInt64> step,
        Operand<TFloat32> epoch,
        long seed) {
    public GateInputs {
        losses = List.copyOf(losses);
        weights = List.copyOf(weights);
    }

    /**
     * What the gradients come to, all of θ as one vector.
     *
     * @throws IllegalStateException for a gate that says that it uses none
     */
    public GradientProducts products() {
        return gradients
                .orElseThrow(
                        () -> new IllegalStateException(
                                "the gate asks for products of gradients, but its usesGradients() is false, so that the step has none of each loss; override usesGradients() to give true"))
                .products();
    }
}
