package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * γ by epoch, the same for every loss, whatever the gradients: from {@code from} to {@code to} over the first epochs, then {@code to}. ESKD (Cho and
 * Hariharan 2019, "On the Efficacy of Knowledge Distillation", arXiv:1910.01348) is {@code step} from 1 to 0.
 *
 * @param epochs over which it goes, above 0; at the fraction {@code t = min(1, epoch / epochs)} of them
 * @param from and {@code to}: at least 0
 */
public record ScheduleGate(Shape shape, float epochs, float from, float to) implements Gate {
    /** The way from one value to the other. */
    public enum Shape {
        /** {@code from} while {@code t < 1}. */
        STEP,
        /** {@code from + (to − from)·t}. */
        LINEAR,
        /** {@code to + (from − to)·(1 + cos πt)/2}. */
        COSINE
    }

    public ScheduleGate {
        Parameters.checkAbove0("epochs", epochs);
        Parameters.checkAtLeast0("from", from);
        Parameters.checkAtLeast0("to", to);
    }

    @Override
    public boolean usesGradients() {
        return false;
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var done = tf.math.minimum(tf.constant(1f), tf.math.div(inputs.epoch(), tf.constant(epochs)));
        var gate = tf.math.add(tf.constant(from), tf.math.mul(tf.constant(to - from), buildProgress(tf, done)));
        return GateOutput.of(tf.math.mul(OpenGate.buildSame(tf, inputs, 1), gate));
    }

    /** 0 at the start, 1 at the end. */
    private Operand<TFloat32> buildProgress(Ops tf, Operand<TFloat32> done) {
        return switch (shape) {
            case STEP -> tf.math.floor(done);
            case LINEAR -> done;
            case COSINE -> {
                var cosine = tf.math.cos(tf.math.mul(tf.constant((float) Math.PI), done));
                yield tf.math.mul(tf.constant(.5f), tf.math.sub(tf.constant(1f), cosine));
            }
        };
    }
}
