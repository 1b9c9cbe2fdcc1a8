package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/**
 * Relational knowledge distillation (RKD) of Park et al. 2019, arXiv:1904.05068, as the CRD benchmark writes it:
 * {@code w_D · H(d_s − d_t) + w_A · H(a_s − a_t)}. Of a batch of n features as rows, d are the n × n Euclidean distances divided by the mean of those between
 * different samples, and a the n × n × n cosines of the angles at sample i between those to j and k; H is Huber's function ({@code x²/2} up to 1, then
 * {@code |x| − 1/2}), mean over all n² or n³ entries.
 *
 * <p>No adapter: shapes may differ. No gradient flows to the teacher.
 *
 * @param distance w_D, at least 0
 * @param angle w_A, at least 0
 */
public record RelationalLoss(float distance, float angle) implements DistillationLoss {
    /** Of a squared distance that counts as zero. */
    private static final float TINY = 1e-12f;

    public RelationalLoss {
        Parameters.checkAtLeast0("distance", distance);
        Parameters.checkAtLeast0("angle", angle);
    }

    @Override
    public Source source() {
        return Source.FEATURE;
    }

    /** Features are {@code [batch, …]} of known sizes. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkKnown(name, knowledge);
        var student = FeatureRows.build(tf, knowledge.student());
        var teacher = FeatureRows.build(tf, tf.stopGradient(knowledge.teacher()));
        var distances = buildHuber(tf, buildDistances(tf, student), buildDistances(tf, teacher));
        var angles = buildHuber(tf, buildAngles(tf, student), buildAngles(tf, teacher));
        return LossOutput.of(
                tf.math.add(tf.math.mul(tf.constant(distance), distances), tf.math.mul(tf.constant(angle), angles)));
    }

    /** {@code [n, n]}, divided by their mean off the diagonal. */
    private static Operand<TFloat32> buildDistances(Ops tf, Operand<TFloat32> rows) {
        var products = tf.linalg.matMul(rows, rows, MatMul.transposeB(true));
        var squares = tf.reduceSum(tf.math.square(rows), tf.constant(1)); // [n]
        var sums = tf.math.add(tf.expandDims(squares, tf.constant(1)), tf.expandDims(squares, tf.constant(0)));
        var squared = tf.math.sub(sums, tf.math.mul(tf.constant(2f), products));
        var n = tf.dtypes.cast(tf.gather(tf.shape(rows), tf.constant(0), tf.constant(0)), TFloat32.class);
        var distances =
                tf.math.mul(tf.math.sqrt(tf.math.maximum(squared, tf.constant(TINY))), buildOffDiagonal(tf, squared));
        var pairs = tf.math.mul(n, tf.math.sub(n, tf.constant(1f)));
        var mean = tf.math.divNoNan(tf.reduceSum(distances, tf.constant(new int[] {0, 1})), pairs);
        return tf.math.divNoNan(distances, mean);
    }

    /** {@code [n, n]}: 0 on the diagonal, else 1. */
    private static Operand<TFloat32> buildOffDiagonal(Ops tf, Operand<TFloat32> square) {
        var ones = tf.fill(tf.shape(square), tf.constant(1f)); // OnesLike has no gradient
        return tf.math.sub(ones, tf.linalg.bandPart(ones, tf.constant(0), tf.constant(0)));
    }

    /** {@code [n, n, n]}. */
    private static Operand<TFloat32> buildAngles(Ops tf, Operand<TFloat32> rows) {
        var to = tf.math.sub(
                tf.expandDims(rows, tf.constant(0)), tf.expandDims(rows, tf.constant(1))); // [i, j]: x_j − x_i
        var squared = tf.expandDims(tf.reduceSum(tf.math.square(to), tf.constant(2)), tf.constant(2));
        var unit = tf.math.mul(to, tf.math.rsqrt(tf.math.maximum(squared, tf.constant(TINY))));
        return tf.train.batchMatMul(unit, unit, TFloat32.class, BatchMatMul.adjY(true));
    }

    private static Operand<TFloat32> buildHuber(Ops tf, Operand<TFloat32> one, Operand<TFloat32> other) {
        var size = tf.math.abs(tf.math.sub(one, other));
        var small = tf.math.minimum(size, tf.constant(1f));
        // x²/2 up to 1, then |x| − 1/2, is s²/2 + |x| − s with s = min(|x|, 1)
        var huber = tf.math.add(tf.math.mul(tf.constant(.5f), tf.math.square(small)), tf.math.sub(size, small));
        return tf.math.mean(tf.reshape(huber, tf.array(-1)), tf.constant(0));
    }
}
