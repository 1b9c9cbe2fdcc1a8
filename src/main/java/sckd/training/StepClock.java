package sckd.training;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import sckd.autodiff.LossGradients;
import sckd.distillation.DistillationTerm;
import sckd.distillation.GateInputs;

/**
 * Where a training is, fed with each step.
 *
 * @param step from 1, scalar
 * @param epoch epochs done before it, with fraction; scalar
 */
record StepClock(Operand<TInt64> step, Operand<TFloat32> epoch) {
    static StepClock build(Ops tf) {
        return new StepClock(
                tf.withName("step").placeholder(TInt64.class, Placeholder.shape(Shape.scalar())),
                tf.withName("epoch").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar())));
    }

    /**
     * Epochs with the one in progress, as a share of all: that of the first of 4 is 0.25; scalar.
     *
     * @param stepsInEpoch of each epoch
     */
    Operand<TFloat32> buildProgress(Ops tf, int stepsInEpoch, int epochs) {
        // whole numbers: an epoch's last step of very many would round up to the next epoch
        var before = tf.math.floorDiv(tf.math.sub(step, tf.constant(1L)), tf.constant((long) stepsInEpoch));
        var withThis = tf.dtypes.cast(tf.math.add(before, tf.constant(1L)), TFloat32.class);
        return tf.math.div(withThis, tf.constant((float) epochs));
    }

    GateInputs gateInputs(TrainingTask task, Optional<LossGradients> gradients) {
        return new GateInputs(
                task.terms().stream().map(DistillationTerm::name).toList(),
                task.terms().stream().map(DistillationTerm::weight).toList(),
                gradients,
                step,
                epoch,
                task.seed());
    }
}
