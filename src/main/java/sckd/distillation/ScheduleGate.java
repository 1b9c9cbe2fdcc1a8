package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * γ by epoch, the same for every loss, whatever the gradients: from {@code from} to {@code to} over the first epochs, then {@code to}. ESKD (Cho and
 * Hariharan 2019, "On the Efficacy of Knowledge Distillation", arXiv:1910.01348) is {@code step} from 1 to 0.
 *
 * @param epochs over which it goes, above 0; at the fraction {@code t = min(1, epoch / epochs)} of them; none for {@code constant}
 * @param from at least 0
 * @param to at least 0, without it 0; none for {@code constant}
 */
public record ScheduleGate(Shape shape, Optional<Float> epochs, float from, Optional<Float> to) implements Gate {
    /** The way from one value to the other. */
    public enum Shape {
        /** {@code from} while {@code t < 1}. */
        STEP,
        /** {@code from + (to − from)·t}. */
        LINEAR,
        /** {@code to + (from − to)·(1 + cos πt)/2}. */
        COSINE,
        /** {@code from} throughout: the losses at other weights. */
        CONSTANT
    }

    public ScheduleGate {
        Parameters.checkAtLeast0("from", from);
        if (shape == Shape.CONSTANT) {
            checkNone("epochs", epochs);
            checkNone("to", to);
        } else {
            checkArgument(epochs.isPresent(), "epochs is missing; expected it, or shape constant");
            to = to.or(() -> Optional.of(0f));
            Parameters.checkAbove0("epochs", epochs.get());
            Parameters.checkAtLeast0("to", to.get());
        }
    }

    /** From one value to the other. */
    public ScheduleGate(Shape shape, float epochs, float from, float to) {
        this(shape, Optional.of(epochs), from, Optional.of(to));
    }

    private static void checkNone(String key, Optional<Float> given) {
        checkArgument(
                given.isEmpty(),
                "%s is given, but a gate of shape constant stays at from; expected none, or another shape",
                key);
    }

    @Override
    public boolean usesGradients() {
        return false;
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var way = tf.constant(to.orElse(from) - from);
        var gate = tf.math.add(tf.constant(from), tf.math.mul(way, buildProgress(tf, inputs.epoch())));
        return GateOutput.of(tf.math.mul(OpenGate.buildSame(tf, inputs, 1), gate));
    }

    /** 0 at the start, 1 at the end. */
    private Operand<TFloat32> buildProgress(Ops tf, Operand<TFloat32> epoch) {
        return switch (shape) {
            case STEP -> tf.math.floor(buildDone(tf, epoch));
            case LINEAR -> buildDone(tf, epoch);
            case COSINE -> {
                var cosine = tf.math.cos(tf.math.mul(tf.constant((float) Math.PI), buildDone(tf, epoch)));
                yield tf.math.mul(tf.constant(.5f), tf.math.sub(tf.constant(1f), cosine));
            }
            case CONSTANT -> tf.constant(0f);
        };
    }

    /** t. */
    private Operand<TFloat32> buildDone(Ops tf, Operand<TFloat32> epoch) {
        return tf.math.minimum(tf.constant(1f), tf.math.div(epoch, tf.constant(epochs.orElseThrow())));
    }
}
