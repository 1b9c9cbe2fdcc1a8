package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * A distillation loss in the graph.
 *
 * @param loss raw (unweighted), scalar
 * @param adapters variables that exist only for this loss, such as a hint's regressor; no part of θ
 * @param updates what the step has to run beside the gradients: the adapters' moving averages
 */
public record LossOutput(Operand<TFloat32> loss, List<Adapter> adapters, List<Op> updates) {
    /** A loss without variables of its own. */
    public static LossOutput of(Operand<TFloat32> loss) {
        return new LossOutput(loss, List.of(), List.of());
    }
}
