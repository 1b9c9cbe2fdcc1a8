package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Features as vectors. */
final class FeatureRows {
    private FeatureRows() {}

    /** One row for each sample, {@code [batch, values]}. */
    static Operand<TFloat32> build(Ops tf, Operand<TFloat32> feature) {
        return feature.shape().numDimensions() == 2
                ? feature
                : tf.reshape(
                        feature,
                        tf.constant(new long[] {-1, feature.shape().tail().size()}));
    }
}
