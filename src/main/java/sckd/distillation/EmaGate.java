package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import sckd.graph.Variable;

/**
 * {@code γ_k = 1} where a moving average of the cosine, {@code ρ_k ← (1 − β) ρ_k + β cos_k} from 0, is above φ, else 0: it follows the trend and not
 * the single batch.
 *
 * @param rate β, above 0, at most 1; 1 is {@link CosineGate}
 * @param threshold φ, −1 to 1
 */
public record EmaGate(float rate, float threshold) implements Gate {
    public EmaGate {
        checkArgument(rate > 0 && rate <= 1, "rate is %s; expected more than 0 to 1", rate);
        CosineGate.checkThreshold(threshold);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var average =
                Variable.build(tf, "gate/average", Shape.of(inputs.losses().size()));
        var first = average.buildAssign(tf, OpenGate.buildSame(tf, inputs, 0));
        var moved = tf.math.add(
                tf.math.mul(tf.constant(1 - rate), average.value()),
                tf.math.mul(tf.constant(rate), inputs.products().buildCosines(tf)));
        return GateOutput.of(CosineGate.buildOpen(tf, moved, threshold))
                .withState(new GateOutput.State(average, first), average.buildAssign(tf, moved));
    }
}
