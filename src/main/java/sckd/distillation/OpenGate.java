package sckd.distillation;

import com.google.common.primitives.Floats;
import java.util.Collections;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

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
    public GateOutput build(Ops tf, GateInputs inputs) {
        return GateOutput.of(buildSame(tf, inputs, 1));
    }

    /** The same γ for every loss. */
    static Operand<TFloat32> buildSame(Ops tf, GateInputs inputs, float gate) {
        return tf.constant(Floats.toArray(Collections.nCopies(inputs.losses().size(), gate)));
    }
}
