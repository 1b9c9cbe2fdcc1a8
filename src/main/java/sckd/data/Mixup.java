package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@code λ · own + (1 − λ) · other}, λ from Beta(alpha, alpha): Zhang et al., "mixup: Beyond empirical risk minimization", 2018, arXiv:1710.09412.
 *
 * @param alpha more than 0; the paper has 0.2 on ImageNet, 1 on CIFAR-10
 * @param probability 0 to 1
 */
public record Mixup(float alpha, float probability) implements MixAugmentation {
    public Mixup {
        MixWeights.check(alpha, probability);
    }

    @Override
    public int draws() {
        return OWN_DRAWS;
    }

    @Override
    public Mixture build(
            Ops tf,
            Operand<TFloat32> own,
            Operand<TFloat32> other,
            Operand<TFloat32> weights,
            Operand<TFloat32> draws) {
        var weight = tf.reshape(weights, tf.constant(new int[] {-1, 1, 1, 1}));
        var mixed = tf.math.add(tf.math.mul(own, weight), tf.math.mul(other, tf.math.sub(tf.constant(1f), weight)));
        return new Mixture(mixed, weights);
    }
}
