package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import org.apache.commons.statistics.distribution.BetaDistribution;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The weights of mixed images: λ from Beta(alpha, alpha), taken as one of 1,024 equally likely quantiles; 1 where an image is not mixed. */
final class MixWeights {
    private static final int QUANTILES = 1024;

    private MixWeights() {}

    static void check(float alpha, float probability) {
        checkArgument(alpha > 0 && Float.isFinite(alpha), "alpha is %s; expected more than 0 and finite", alpha);
        checkArgument(probability >= 0 && probability <= 1, "probability is %s; expected 0 to 1", probability);
    }

    /**
     * @param whether and {@code quantile}: draws, {@code [batch]}
     * @return {@code [batch]}
     */
    static Operand<TFloat32> build(Ops tf, MixAugmentation mix, Operand<TFloat32> whether, Operand<TFloat32> quantile) {
        var place = tf.dtypes.cast(tf.math.mul(quantile, tf.constant((float) QUANTILES)), TInt32.class);
        var drawn = tf.gather(tf.constant(quantiles(mix.alpha())), place, tf.constant(0));
        var mixed = tf.math.less(whether, tf.constant(mix.probability()));
        return tf.select(mixed, drawn, tf.onesLike(drawn));
    }

    /** At the middles of equal steps. */
    static float[] quantiles(float alpha) {
        var beta = BetaDistribution.of(alpha, alpha);
        var quantiles = new float[QUANTILES];
        for (int i = 0; i < QUANTILES; i++) {
            quantiles[i] = (float) beta.inverseCumulativeProbability((i + 0.5) / QUANTILES);
        }
        return quantiles;
    }
}
