package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * DIST of Huang et al. 2022, "Knowledge Distillation from a Stronger Teacher", arXiv:2205.10536: {@code T² · (β · (1 − ρ_rows) + γ · (1 − ρ_columns))}. ρ_rows is
 * Pearson's correlation of student's and teacher's probabilities (softmax at temperature T) over the classes of one sample, mean over the batch; ρ_columns over
 * the batch for one class, mean over the classes. A constant row or column has correlation 0.
 *
 * <p>No gradient flows to the teacher.
 *
 * @param samples β, at least 0
 * @param classes γ, at least 0
 * @param temperature T, more than 0
 */
public record CorrelationLoss(float samples, float classes, float temperature) implements DistillationLoss {
    /** Of a product of squared lengths that counts as zero. */
    private static final float TINY = 1e-30f;

    public CorrelationLoss {
        Parameters.checkAtLeast0("samples", samples);
        Parameters.checkAtLeast0("classes", classes);
        Parameters.checkAbove0("temperature", temperature);
    }

    @Override
    public Source source() {
        return Source.LOGITS;
    }

    /** Both logits are {@code [batch, classes]}. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkLogits(name, knowledge);
        var t = tf.constant(temperature);
        var student = tf.nn.softmax(tf.math.div(knowledge.student(), t));
        var teacher = tf.nn.softmax(tf.math.div(tf.stopGradient(knowledge.teacher()), t));
        var rows = buildDistance(tf, student, teacher, 1);
        var columns = buildDistance(tf, student, teacher, 0);
        var sum = tf.math.add(tf.math.mul(tf.constant(samples), rows), tf.math.mul(tf.constant(classes), columns));
        return LossOutput.of(tf.math.mul(tf.constant(temperature * temperature), sum));
    }

    /** {@code 1 − ρ} along an axis, mean over the other. */
    private static Operand<TFloat32> buildDistance(Ops tf, Operand<TFloat32> one, Operand<TFloat32> other, int axis) {
        var left = buildCentred(tf, one, axis);
        var right = buildCentred(tf, other, axis);
        var along = tf.constant(axis);
        var products = tf.reduceSum(tf.math.mul(left, right), along);
        var lengths =
                tf.math.mul(tf.reduceSum(tf.math.square(left), along), tf.reduceSum(tf.math.square(right), along));
        var correlations = tf.math.mul(products, tf.math.rsqrt(tf.math.maximum(lengths, tf.constant(TINY))));
        return tf.math.sub(tf.constant(1f), tf.math.mean(correlations, tf.constant(0)));
    }

    private static Operand<TFloat32> buildCentred(Ops tf, Operand<TFloat32> values, int axis) {
        var mean = tf.expandDims(tf.math.mean(values, tf.constant(axis)), tf.constant(axis));
        return tf.math.sub(values, mean);
    }
}
