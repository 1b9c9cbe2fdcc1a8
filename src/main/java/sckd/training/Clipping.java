package sckd.training;

import java.util.List;
import java.util.OptionalDouble;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients clipped by their global norm (Pascanu et al. 2013): {@code g ← g · min(1, c / ‖g‖)}, all variables as one vector.
 *
 * @param gradients as they were, where no limit is set
 * @param norm ‖g‖ before clipping, scalar
 */
record Clipping(List<Operand<TFloat32>> gradients, Operand<TFloat32> norm) {
    static Clipping build(Ops tf, List<Operand<TFloat32>> gradients, OptionalDouble limit) {
        var squares = gradients.stream()
                .<Operand<TFloat32>>map(gradient -> tf.nn.l2Loss(gradient))
                .toList();
        Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.constant(2f), tf.math.addN(squares)));
        if (limit.isEmpty()) {
            return new Clipping(gradients, norm);
        }
        var most = tf.constant((float) limit.getAsDouble());
        var factor = tf.math.div(most, tf.math.maximum(norm, most));
        var clipped = gradients.stream()
                .<Operand<TFloat32>>map(gradient -> tf.math.mul(gradient, factor))
                .toList();
        return new Clipping(clipped, norm);
    }
}
