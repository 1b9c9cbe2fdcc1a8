package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/** Batch norm by channel, the last axis of four: {@code scale · (x − mean) / √(variance + 1e-5) + offset}. */
final class ChannelNorm {
    private static final float EPSILON = 1e-5f;

    private ChannelNorm() {}

    /** With mean and variance of the batch, which are two more of its outputs, the variance there with n − 1. */
    static FusedBatchNorm<TFloat32, TFloat32> buildOverBatch(
            Ops tf, Operand<TFloat32> x, Operand<TFloat32> scale, Operand<TFloat32> offset) {
        var none = tf.constant(new float[0]); // training mode takes no mean and variance
        return tf.nn.fusedBatchNorm(
                x, scale, offset, none, none, FusedBatchNorm.epsilon(EPSILON), FusedBatchNorm.isTraining(true));
    }

    /** With given mean and variance. */
    static Operand<TFloat32> buildByAverages(
            Ops tf,
            Operand<TFloat32> x,
            Operand<TFloat32> scale,
            Operand<TFloat32> offset,
            Operand<TFloat32> mean,
            Operand<TFloat32> variance) {
        return tf.nn.fusedBatchNorm(
                        x,
                        scale,
                        offset,
                        mean,
                        variance,
                        FusedBatchNorm.epsilon(EPSILON),
                        FusedBatchNorm.isTraining(false))
                .y();
    }
}
