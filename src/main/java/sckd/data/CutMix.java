package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * A window of the other image takes the place of the own one's: Yun et al., "CutMix: Regularization strategy to train strong classifiers with localizable
 * features", 2019, arXiv:1905.04899. The window has the image's shape and the share {@code 1 − λ} of its area, λ from Beta(alpha, alpha); its centre is uniform,
 * what lies outside is cut off, and the label's weight is the share of the pixels that stay.
 *
 * @param alpha more than 0; the paper has 1
 * @param probability 0 to 1; the paper has 0.5 on CIFAR
 */
public record CutMix(float alpha, float probability) implements MixAugmentation {
    public CutMix {
        MixWeights.check(alpha, probability);
    }

    /** The window's row, its column. */
    @Override
    public int draws() {
        return OWN_DRAWS + 2;
    }

    @Override
    public Mixture build(
            Ops tf,
            Operand<TFloat32> own,
            Operand<TFloat32> other,
            Operand<TFloat32> weights,
            Operand<TFloat32> draws) {
        long height = own.shape().get(1);
        long width = own.shape().get(2);
        var side = tf.expandDims(tf.math.sqrt(tf.math.sub(tf.constant(1f), weights)), tf.constant(1)); // [batch, 1]
        var rows = buildCovered(tf, side, DrawColumns.build(tf, draws, 0), height);
        var columns = buildCovered(tf, side, DrawColumns.build(tf, draws, 1), width);
        var window = tf.math.logicalAnd(
                tf.expandDims(rows, tf.constant(2)), tf.expandDims(columns, tf.constant(1))); // [batch, height, width]
        // products and sums of whole numbers: the same in any order
        var covered = tf.math.mul(buildNumber(tf, rows), buildNumber(tf, columns));
        var kept = tf.math.div(
                tf.math.sub(tf.constant((float) height * width), covered), tf.constant((float) height * width));
        return new Mixture(tf.select(tf.expandDims(window, tf.constant(3)), other, own), kept);
    }

    /** {@code [batch, length]} */
    private static Operand<TBool> buildCovered(Ops tf, Operand<TFloat32> side, Operand<TFloat32> draw, long length) {
        var size = tf.math.rint(tf.math.mul(side, tf.constant((float) length)));
        var centre = tf.math.floor(tf.math.mul(draw, tf.constant((float) length)));
        var first = tf.math.sub(centre, tf.math.floor(tf.math.mul(size, tf.constant(0.5f))));
        var place = tf.math.sub(DrawColumns.buildCount(tf, length), first);
        return tf.math.logicalAnd(tf.math.greaterEqual(place, tf.constant(0f)), tf.math.less(place, size));
    }

    private static Operand<TFloat32> buildNumber(Ops tf, Operand<TBool> covered) {
        return tf.reduceSum(tf.dtypes.cast(covered, TFloat32.class), tf.constant(1));
    }
}
