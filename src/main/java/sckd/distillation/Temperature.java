package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * T of a softmax, the same throughout or rising (or falling) in a straight line from epoch to epoch: {@code T = from + (to − from) · epoch / epochs}, the first epoch
 * being 1. TOFD's {@code 1 + 3/250 · epoch} is from 1 to 4 over its 250 epochs.
 *
 * @param from and {@code to}: more than 0; equal where T stays the same
 */
public record Temperature(float from, float to) {
    /** The same throughout. */
    public static Temperature constant(float temperature) {
        return new Temperature(temperature, temperature);
    }

    public boolean isConstant() {
        return Float.compare(from, to) == 0;
    }

    /**
     * For the loss that has it.
     *
     * @throws IllegalArgumentException that names it {@code temperature}
     */
    void check() {
        if (isConstant()) {
            Parameters.checkAbove0("temperature", from);
        } else {
            Parameters.checkAbove0("temperature.from", from);
            Parameters.checkAbove0("temperature.to", to);
        }
    }

    /** T as a scalar. */
    Operand<TFloat32> build(Ops tf, Knowledge knowledge) {
        if (isConstant()) {
            return tf.constant(from);
        }
        return tf.math.add(tf.constant(from), tf.math.mul(tf.constant(to - from), knowledge.progress()));
    }

    /** T². */
    Operand<TFloat32> buildSquare(Ops tf, Knowledge knowledge) {
        return isConstant() ? tf.constant(from * from) : tf.math.square(build(tf, knowledge));
    }
}
