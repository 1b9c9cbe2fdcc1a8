package sckd.training;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.distillation.CrossEntropy;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Knowledge;
import sckd.distillation.LossOutput;
import sckd.savedmodel.ModelInstance;

/**
 * The losses of a step, raw.
 *
 * @param supervised cross-entropy with the labels, the main task; scalar
 * @param distillation one for each term, in order
 */
record StepLosses(Operand<TFloat32> supervised, List<LossOutput> distillation) {
    static StepLosses build(Ops tf, TrainingTask task, StepModels models, Operand<TInt32> labels) {
        var student = models.student();
        var supervised = CrossEntropy.build(tf.withSubScope("supervised"), student.logits(), labels);
        var distillation = new ArrayList<LossOutput>();
        for (var term : task.terms()) {
            var teacher = models.teachers().get(term.teacher());
            var knowledge = knowledge(term, student, teacher, labels);
            var scope = tf.withSubScope("loss-" + term.name());
            distillation.add(term.loss().build(scope, term.name(), knowledge, task.seed()));
        }
        return new StepLosses(supervised, distillation);
    }

    private static Knowledge knowledge(
            DistillationTerm term, ModelInstance student, ModelInstance teacher, Operand<TInt32> labels) {
        return switch (term.loss().source()) {
            case LOGITS -> new Knowledge(student.logits(), teacher.logits(), labels);
            case FEATURE ->
                new Knowledge(
                        student.features().get(term.studentLayer().orElseThrow()),
                        teacher.features().get(term.teacherLayer().orElseThrow()),
                        labels);
        };
    }
}
