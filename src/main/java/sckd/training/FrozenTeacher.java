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
     * @param layers whose features are wanted
     * @throws sckd.UserException if it is a model for another number of classes, or takes too few images at once
     */
    static ModelInstance build(
            Ops tf, TrainingTask task, NamedModel teacher, Operand<TFloat32> pixels, List<String> layers) {
        int batchSize = task.plan().batchSize();
        new BatchLimits(batchSize).checkTeacher(teacher);
        var images = teacher.buildInput(tf.withSubScope(teacher.name() + "-input"), pixels);
        var frozen =
                ModelInstance.buildFrozen(tf, "teacher-" + teacher.name(), teacher.model(), images, layers, batchSize);
        var ordered = teacher.buildInOrder(tf, frozen);
        teacher.checkClasses(ordered.logits(), task.data().classes());
        return ordered;
    }
}
