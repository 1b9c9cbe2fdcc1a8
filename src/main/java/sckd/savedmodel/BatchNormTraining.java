package sckd.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.Variable;

/**
 * Puts batch norms into training mode: they normalise by the batch's own mean and variance over all axes but the last, and move their
 * averages, {@code moving ← momentum · moving + (1 − momentum) · batch} (Ioffe and Szegedy, "Batch Normalization", 2015, arXiv:1502.03167).
 *
 * @param tf where the moving averages' ops go
 * @param momentum from 0 to 1
 */
record BatchNormTraining(Ops tf, ClassifierModel model, GraphReplay replay, ModelVariables variables, float momentum) {
    /** Of Keras; an inference graph does not hold it. */
    static final float DEFAULT_MOMENTUM = .99f;

    /**
     * Lets every batch norm that has moving averages be in training mode from here on; the result moves them.
     *
     * @throws UserException if one is over another axis than the last
     */
    List<Op> build(List<BatchNorm> batchNorms) {
        var updates = new ArrayList<Op>();
        for (var batchNorm : batchNorms) {
            if (batchNorm.mean().isPresent() && batchNorm.variance().isPresent()) {
                checkLastAxis(batchNorm);
                updates.addAll(build(batchNorm));
            }
        }
        return updates;
    }

    private void checkLastAxis(BatchNorm batchNorm) {
        if (!batchNorm.channelsLast() || mean(batchNorm).shape().numDimensions() != 1) {
            throw new UserException(
                    "%s: batch norm '%s' is not over the last axis; only over the last one can it be trained"
                            .formatted(model.directory(), batchNorm.output()));
        }
    }

    private List<Op> build(BatchNorm batchNorm) {
        var x = replay.build(batchNorm.x()).expect(TFloat32.class);
        var fused = buildFused(batchNorm, buildImages(batchNorm, x));
        replay.replace(batchNorm.output(), buildShapeOf(x, fused.y()));
        return List.of(
                buildUpdate(mean(batchNorm), fused.batchMean()),
                buildUpdate(
                        variables.byHandle().get(batchNorm.variance().orElseThrow()),
                        buildVariance(batchNorm, x, fused.batchVariance())));
    }

    private Variable mean(BatchNorm batchNorm) {
        return variables.byHandle().get(batchNorm.mean().orElseThrow());
    }

    private long channels(BatchNorm batchNorm) {
        return mean(batchNorm).shape().get(0);
    }

    /** The V3 kernel, whatever the model's own: it is the one with a gradient. It takes no moving averages where it replaces them whole. */
    private FusedBatchNorm<TFloat32, TFloat32> buildFused(BatchNorm batchNorm, Operand<TFloat32> images) {
        var none = tf.constant(new float[0]);
        return FusedBatchNorm.create(
                tf.scope(),
                images,
                buildParameter(batchNorm, batchNorm.gamma(), 1),
                buildParameter(batchNorm, batchNorm.beta(), 0),
                none,
                none,
                FusedBatchNorm.isTraining(true),
                FusedBatchNorm.exponentialAvgFactor(1f),
                FusedBatchNorm.epsilon(batchNorm.epsilon()),
                FusedBatchNorm.dataFormat("NHWC"));
    }

    private Operand<TFloat32> buildParameter(BatchNorm batchNorm, Optional<TensorName> parameter, float otherwise) {
        return parameter
                .map(tensor -> buildVector(replay.build(tensor).expect(TFloat32.class)))
                .orElseGet(() -> tf.fill(tf.array(channels(batchNorm)), tf.constant(otherwise)));
    }

    private Operand<TFloat32> buildVector(Operand<TFloat32> parameter) {
        return parameter.shape().numDimensions() == 1 ? parameter : tf.reshape(parameter, tf.array(-1));
    }

    /** The kernel takes four axes; for the statistics only the last one matters. */
    private Operand<TFloat32> buildImages(BatchNorm batchNorm, Operand<TFloat32> x) {
        if (x.shape().numDimensions() == 4) {
            return x;
        }
        return tf.reshape(x, tf.array(-1, 1, 1, channels(batchNorm)));
    }

    private Operand<TFloat32> buildShapeOf(Operand<TFloat32> x, Operand<TFloat32> y) {
        return x.shape().numDimensions() == 4 ? y : tf.reshape(y, tf.shape(x));
    }

    /** The kernel answers with {@code n / (n − 1)} times the variance of the n values; undone for the form whose writer does without. */
    private Operand<TFloat32> buildVariance(BatchNorm batchNorm, Operand<TFloat32> x, Operand<TFloat32> kernels) {
        if (batchNorm.form() == BatchNorm.Form.FUSED) {
            return kernels;
        }
        var values = tf.dtypes.cast(tf.size(x), TFloat32.class);
        var n = tf.math.div(values, tf.constant((float) channels(batchNorm)));
        var lessOne = tf.math.maximum(tf.math.sub(n, tf.constant(1f)), tf.constant(1f)); // as the kernel does for n = 1
        return tf.math.mul(kernels, tf.math.div(lessOne, n));
    }

    private Op buildUpdate(Variable moving, Operand<TFloat32> batch) {
        var kept = tf.math.mul(moving.value(), tf.constant(momentum));
        var added = tf.math.mul(batch, tf.constant(1 - momentum));
        return moving.buildAssign(tf, tf.math.add(kept, added));
    }
}
