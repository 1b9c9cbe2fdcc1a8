package sckd.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * Puts batch norms into training mode: they normalise by the batch's own mean and variance over all axes but the last, and move their
 * averages, {@code moving ← momentum · moving + (1 − momentum) · batch} (Ioffe and Szegedy, "Batch Normalization", 2015, arXiv:1502.03167).
 *
 * @param tf where the moving averages' ops go
 * @param momentum from 0 to 1
 */
record BatchNormTraining(Ops tf, GraphReplay replay, ModelVariables variables, float momentum) {
    /** Of Keras; an inference graph does not hold it. */
    static final float DEFAULT_MOMENTUM = .99f;

    /** Lets every batch norm of the replay be in training mode from here on; the result moves the averages. */
    List<Op> build(List<BatchNorm> batchNorms) {
        var updates = new ArrayList<Op>();
        for (var batchNorm : batchNorms) {
            var x = replay.build(batchNorm.x()).expect(TFloat32.class);
            var fused = buildFused(batchNorm, buildImages(batchNorm, x));
            replay.replace(batchNorm.output(), buildShapeOf(x, fused.y()));
            updates.add(buildUpdate(batchNorm.mean(), fused.batchMean()));
            updates.add(buildUpdate(batchNorm.variance(), buildVariance(batchNorm, x, fused.batchVariance())));
        }
        return updates;
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
                .<Operand<TFloat32>>map(tensor -> replay.build(tensor).expect(TFloat32.class))
                .orElseGet(() -> tf.fill(tf.constant(batchNorm.channels().asArray()), tf.constant(otherwise)));
    }

    /** The kernel takes four axes; for the statistics only the last one matters. */
    private Operand<TFloat32> buildImages(BatchNorm batchNorm, Operand<TFloat32> x) {
        if (x.shape().numDimensions() == 4) {
            return x;
        }
        long channels = batchNorm.channels().get(0);
        return tf.reshape(x, tf.constant(new long[] {-1, 1, 1, channels}));
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
        var n = tf.math.div(values, tf.constant((float) batchNorm.channels().get(0)));
        var lessOne = tf.math.maximum(tf.math.sub(n, tf.constant(1f)), tf.constant(1f)); // as the kernel does for n = 1
        return tf.math.mul(kernels, tf.math.div(lessOne, n));
    }

    private Op buildUpdate(String handle, Operand<TFloat32> batch) {
        Variable moving = variables.byHandle().get(handle);
        var kept = tf.math.mul(moving.value(), tf.constant(momentum));
        var added = tf.math.mul(batch, tf.constant(1 - momentum));
        return moving.buildAssign(tf, tf.math.add(kept, added));
    }
}
