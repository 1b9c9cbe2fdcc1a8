package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Several teachers as one: the average of their probabilities, never of their logits, whose scales are each teacher's own. With the logits {@code z_i} of n
 * teachers: {@code log(1/n · Σ_i softmax(z_i))}, which are logits themselves, those of the average; a loss's temperature applies to them.
 */
public final class Ensemble {
    private Ensemble() {}

    /**
     * Computed as {@code max + log Σ_i exp(log softmax(z_i) − max) − log n}: finite for any finite logits.
     *
     * @param logits of each teacher, {@code [batch, classes]}
     * @return {@code [batch, classes]}; those of a single teacher are its own, untouched
     */
    public static Operand<TFloat32> buildLogits(Ops tf, List<Operand<TFloat32>> logits) {
        if (logits.size() == 1) {
            return logits.get(0);
        }
        var each = logits.stream().<Operand<TFloat32>>map(tf.nn::logSoftmax).toList();
        var logProbabilities = tf.stack(each); // [teachers, batch, classes]
        var largest = tf.reduceMax(logProbabilities, tf.constant(0));
        var sum = tf.reduceSum(tf.math.exp(tf.math.sub(logProbabilities, largest)), tf.constant(0));
        var logSum = tf.math.add(largest, tf.math.log(sum));
        return tf.math.sub(logSum, tf.constant((float) Math.log(logits.size())));
    }
}
