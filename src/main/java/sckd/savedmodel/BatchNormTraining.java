package sckd.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.Variable;

/**
 * Puts batch norms into training mode: they normalise by the batch's own mean and variance over all axes but the channels', and move their
 * averages, {@code moving ← momentum · moving + (1 − momentum) · batch} (Ioffe and Szegedy, "Batch Normalization", 2015, arXiv:1502.03167).
 * Whatever the type of x, the arithmetic is float32.
 *
 * @param tf where the moving averages' ops go
 */
record BatchNormTraining(Ops tf, ClassifierModel model, GraphReplay replay, ModelVariables variables) {
    /** Of Keras; an inference graph does not hold it. */
    static final float DEFAULT_MOMENTUM = .99f;

    /**
     * Lets every batch norm that has moving averages be in training mode from here on; the result moves them.
     *
     * @throws UserException if it cannot be told over which axes one of them goes
     */
    List<Op> build(List<BatchNorm> batchNorms) {
        var updates = new ArrayList<Op>();
        for (var batchNorm : batchNorms) {
            if (batchNorm.isMoving() && isVariable(batchNorm.mean()) && isVariable(batchNorm.variance())) {
                updates.addAll(build(batchNorm));
            }
        }
        return updates;
    }

    private boolean isVariable(Optional<String> handle) {
        return variables.byHandle().containsKey(handle.orElseThrow());
    }

    private List<Op> build(BatchNorm batchNorm) {
        var own = replay.build(batchNorm.x());
        var x = buildFloat(own);
        var statistics = BatchStatistics.of(batchNorm, x, buildFloat(replay.build(batchNorm.statistics())))
                .orElseThrow(() -> new UserException(
                        "%s: batch norm '%s' cannot be trained: the number of axes of its input '%s' is not known"
                                .formatted(model.directory(), batchNorm.output(), batchNorm.x())));
        var gamma = batchNorm.gamma().map(tensor -> buildFloat(replay.build(tensor)));
        var beta = batchNorm.beta().map(tensor -> buildFloat(replay.build(tensor)));
        var batch = statistics.build(tf, x, gamma, beta);
        replay.replace(batchNorm.output(), ModelProgram.buildCast(tf, batch.y(), own.dataType()));
        float momentum = momentum(batchNorm);
        return List.of(
                buildUpdate(batchNorm.mean().orElseThrow(), batch.mean(), momentum),
                buildUpdate(batchNorm.variance().orElseThrow(), batch.movingVariance(), momentum));
    }

    private Operand<TFloat32> buildFloat(Operand<?> tensor) {
        return ModelProgram.buildCast(tf, tensor, DataType.DT_FLOAT).asOutput().expect(TFloat32.class);
    }

    /** The stated one, else what the model's metadata say of this one, else that of Keras. */
    private float momentum(BatchNorm batchNorm) {
        return model.settings().batchNormMomentum().orElseGet(() -> model.training()
                .momenta()
                .getOrDefault(batchNorm.mean().orElseThrow(), DEFAULT_MOMENTUM));
    }

    private Op buildUpdate(String handle, Operand<TFloat32> batch, float momentum) {
        Variable moving = variables.byHandle().get(handle);
        var kept = tf.math.mul(moving.value(), tf.constant(momentum));
        var added = tf.math.mul(tf.reshape(batch, tf.constant(moving.shape().asArray())), tf.constant(1 - momentum));
        return moving.buildAssign(tf, tf.math.add(kept, added));
    }
}
