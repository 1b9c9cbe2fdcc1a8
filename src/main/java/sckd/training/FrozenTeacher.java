package sckd.training;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.savedmodel.ModelInstance;

/** A teacher on a batch of images, in inference. */
final class FrozenTeacher {
    private FrozenTeacher() {}

    /**
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @param layers whose features are wanted, those of its heads among them
     * @throws sckd.UserException if it is a model for another number of classes, or takes too few images at once
     */
    static ModelInstance build(
            Ops tf, TrainingTask task, NamedModel teacher, Operand<TFloat32> pixels, List<String> layers) {
        int batchSize = task.plan().batchSize();
        new BatchLimits(batchSize).checkTeacher(teacher);
        var images = teacher.buildInput(tf.withSubScope(teacher.name() + "-input"), pixels);
        var own = teacher.heads().modelLayersOfTeacher(teacher, layers);
        var prefix = "teacher-" + teacher.name();
        var frozen = ModelInstance.buildFrozen(tf, prefix, teacher.model(), images, own, batchSize);
        var ordered = teacher.buildInOrder(tf, frozen);
        teacher.checkClasses(ordered.logits(), task.data().classes());
        return teacher.heads().buildFrozen(tf.withSubScope(prefix + "-heads"), task, ordered, layers);
    }
}
