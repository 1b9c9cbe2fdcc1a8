package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Attention transfer of Zagoruyko and Komodakis, "Paying More Attention to Attention", 2017, arXiv:1612.03928, in the form of the CRD benchmark:
 * {@code (q_s/‖q_s‖ − q_t/‖q_t‖)²}, mean over positions and the batch, where q is the mean over channels of f², flattened, and the norm is that of one
 * sample. A map of zeros stays zero.
 *
 * <p>No adapter: channels may differ. Where one map is a whole number of times as large, it is average-pooled to the other's size. No gradient flows to
 * the teacher.
 */
public record AttentionTransferLoss() implements DistillationLoss {
    /** Of a squared norm that counts as zero. */
    private static final float TINY = 1e-24f;

    @Override
    public Source source() {
        return Source.FEATURE;
    }

    /** Features are maps {@code [batch, height, width, channels]} of known height and width. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        var size = commonSize(name, knowledge);
        var student = buildAttention(tf, knowledge.student(), size);
        var teacher = tf.stopGradient(buildAttention(tf, knowledge.teacher(), size));
        return LossOutput.of(L2Loss.buildMeanSquare(tf, student, teacher));
    }

    /** The smaller of both sizes, {@code (height, width)}. */
    private static Shape commonSize(String name, Knowledge knowledge) {
        var student = knowledge.student().shape();
        var teacher = knowledge.teacher().shape();
        if (isMap(student) && isMap(teacher)) {
            var common = Shape.of(Math.min(student.get(1), teacher.get(1)), Math.min(student.get(2), teacher.get(2)));
            if (divides(common, student) && divides(common, teacher)) {
                return common;
            }
        }
        throw KnowledgeShapes.misfit(
                name,
                "feature",
                knowledge,
                "maps [batch, height, width, channels], one a whole number of times as large as the other");
    }

    private static boolean isMap(Shape shape) {
        return shape.numDimensions() == 4 && shape.get(1) > 0 && shape.get(2) > 0;
    }

    /** By the same factor in height and width. */
    private static boolean divides(Shape common, Shape map) {
        return map.get(1) % common.get(0) == 0
                && map.get(2) % common.get(1) == 0
                && map.get(1) / common.get(0) == map.get(2) / common.get(1);
    }

    /** {@code q/‖q‖}, {@code [batch, positions]}. */
    private static Operand<TFloat32> buildAttention(Ops tf, Operand<TFloat32> map, Shape size) {
        long factor = map.shape().get(1) / size.get(0);
        var window = List.of(1L, factor, factor, 1L);
        var pooled = factor == 1 ? map : tf.nn.avgPool(map, window, window, "VALID");
        var energy = tf.math.mean(tf.math.square(pooled), tf.constant(3)); // [batch, height, width]
        var flat = tf.reshape(energy, tf.constant(new long[] {-1, size.size()}));
        return buildNormalized(tf, flat);
    }

    /** Rows of length 1; rows of zeros stay. */
    static Operand<TFloat32> buildNormalized(Ops tf, Operand<TFloat32> rows) {
        var squared = tf.expandDims(tf.reduceSum(tf.math.square(rows), tf.constant(1)), tf.constant(1));
        return tf.math.mul(rows, tf.math.rsqrt(tf.math.maximum(squared, tf.constant(TINY))));
    }
}
