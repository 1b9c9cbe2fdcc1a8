package sckd.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * Normalisation by the batch's own mean and variance: with TensorFlow's fused kernel where the channels are the last axis or there is but one,
 * else in plain arithmetic.
 *
 * @param epsilon added to the variance
 * @param channels the shape of mean and variance as they meet x, from the right: 1 for each axis that they are taken over
 * @param axes of x that they are taken over
 * @param form says which variance is averaged
 */
record BatchStatistics(float epsilon, Shape channels, List<Integer> axes, BatchNorm.Form form) {
    /**
     * What comes of it.
     *
     * @param y of the shape of x
     * @param mean as many values as channels
     * @param movingVariance what the moving variance takes, as many values as channels
     */
    record Batch(Operand<TFloat32> y, Operand<TFloat32> mean, Operand<TFloat32> movingVariance) {}

    /**
     * @param mean the moving mean as it meets x
     * @return empty where the number of axes or channels is not known
     */
    static Optional<BatchStatistics> of(BatchNorm batchNorm, Operand<TFloat32> x, Operand<TFloat32> mean) {
        int rank = x.shape().numDimensions();
        var met = mean.shape();
        if (rank < 1 || met.isUnknown() || met.hasUnknownDimension() || met.numDimensions() > rank) {
            return Optional.empty();
        }
        var channels = batchNorm.channelsFirst() ? channelsFirst(met, rank) : met;
        var axes = new ArrayList<Integer>();
        for (int axis = 0; axis < rank; axis++) {
            int own = axis - rank + channels.numDimensions();
            if (own < 0 || channels.get(own) == 1) {
                axes.add(axis);
            }
        }
        return Optional.of(new BatchStatistics(batchNorm.epsilon(), channels, axes, batchNorm.form()));
    }

    private static Shape channelsFirst(Shape vector, int rank) {
        var shape = vector;
        for (int axis = 2; axis < rank; axis++) {
            shape = shape.append(1);
        }
        return shape;
    }

    /** Gamma and beta as they meet x, or vectors of the channels; empty for 1 and 0. */
    Batch build(Ops tf, Operand<TFloat32> x, Optional<Operand<TFloat32>> gamma, Optional<Operand<TFloat32>> beta) {
        return canFuse(x) ? buildFused(tf, x, gamma, beta) : buildPlain(tf, x, gamma, beta);
    }

    /** A lone channel is of no axis: mean and variance are then taken over all of x. */
    private boolean canFuse(Operand<TFloat32> x) {
        int rank = x.shape().numDimensions();
        return axes.size() == rank || (axes.size() == rank - 1 && !axes.contains(rank - 1));
    }

    /** The kernel takes four axes; for the statistics only the last one matters. */
    private Batch buildFused(
            Ops tf, Operand<TFloat32> x, Optional<Operand<TFloat32>> gamma, Optional<Operand<TFloat32>> beta) {
        boolean isWhole = x.shape().numDimensions() == 4 && axes.size() == 3;
        var none = tf.constant(new float[0]);
        // V3, whatever the model's own: it has a gradient. It takes no moving averages where it replaces them whole.
        var fused = FusedBatchNorm.create(
                tf.scope(),
                isWhole ? x : tf.reshape(x, tf.array(-1, 1, 1, (int) channels.size())),
                buildParameter(tf, gamma, 1),
                buildParameter(tf, beta, 0),
                none,
                none,
                FusedBatchNorm.isTraining(true),
                FusedBatchNorm.exponentialAvgFactor(1f),
                FusedBatchNorm.epsilon(epsilon),
                FusedBatchNorm.dataFormat("NHWC"));
        var y = isWhole ? fused.y() : tf.reshape(fused.y(), tf.shape(x));
        // The kernel answers with n / (n − 1) times the variance of the n values, or 1 times for n = 1.
        var variance = form == BatchNorm.Form.FUSED
                ? fused.batchVariance()
                : tf.math.div(fused.batchVariance(), buildCorrection(tf, x));
        return new Batch(y, fused.batchMean(), variance);
    }

    private Operand<TFloat32> buildParameter(Ops tf, Optional<Operand<TFloat32>> parameter, float otherwise) {
        return parameter
                .map(tensor ->
                        tensor.shape().numDimensions() == 1 ? tensor : tf.<TFloat32>reshape(tensor, tf.array(-1)))
                .orElseGet(() -> tf.fill(tf.array(channels.size()), tf.constant(otherwise)));
    }

    /** As {@code tf.nn.moments} and {@code tf.nn.batch_normalization} do. */
    private Batch buildPlain(
            Ops tf, Operand<TFloat32> x, Optional<Operand<TFloat32>> gamma, Optional<Operand<TFloat32>> beta) {
        var over = tf.constant(axes.stream().mapToInt(Integer::intValue).toArray());
        var mean = tf.math.mean(x, over, Mean.keepDims(true));
        var variance = tf.math.mean(tf.math.squaredDifference(x, tf.stopGradient(mean)), over, Mean.keepDims(true));
        Operand<TFloat32> m = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
        if (gamma.isPresent()) {
            m = tf.math.mul(m, buildMeeting(tf, gamma.get()));
        }
        Operand<TFloat32> offset = tf.math.neg(tf.math.mul(mean, m));
        if (beta.isPresent()) {
            offset = tf.math.add(buildMeeting(tf, beta.get()), offset);
        }
        var y = tf.math.add(tf.math.mul(x, m), offset);
        var moving = form == BatchNorm.Form.FUSED ? tf.math.mul(variance, buildCorrection(tf, x)) : variance;
        return new Batch(y, mean, moving);
    }

    private Operand<TFloat32> buildMeeting(Ops tf, Operand<TFloat32> parameter) {
        return parameter.shape().numDimensions() == 1
                ? tf.reshape(parameter, tf.constant(channels.asArray()))
                : parameter;
    }

    /** Bessel's {@code n / (n − 1)}, 1 for n = 1, of the n values for each channel. */
    private Operand<TFloat32> buildCorrection(Ops tf, Operand<TFloat32> x) {
        var values = tf.dtypes.cast(tf.size(x), TFloat32.class);
        var n = tf.math.div(values, tf.constant((float) channels.size()));
        var lessOne = tf.math.maximum(tf.math.sub(n, tf.constant(1f)), tf.constant(1f));
        return tf.math.div(n, lessOne);
    }
}
