package sckd.training;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.data.Batch;
import sckd.distillation.CrossEntropy;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Ensemble;
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
    static StepLosses build(Ops tf, TrainingTask task, StepModels models, Batch batch) {
        var student = models.student();
        var supervised = buildSupervised(tf.withSubScope("supervised"), student.logits(), batch);
        var distillation = new ArrayList<LossOutput>();
        for (var term : task.terms()) {
            var teachers = term.teachers().stream().map(models.teachers()::get).toList();
            var scope = tf.withSubScope("loss-" + term.name());
            var labels = OwnLabels.build(scope, batch);
            var knowledge = knowledge(scope, term, student, teachers, labels.labels());
            distillation.add(term.loss().build(scope, term.name(), knowledge, task.seed()));
            labels.checkUse(term.name());
        }
        return new StepLosses(supervised, distillation);
    }

    private static Operand<TFloat32> buildSupervised(Ops tf, Operand<TFloat32> logits, Batch batch) {
        return batch.mixed()
                .map(mixed -> CrossEntropy.buildMixed(tf, logits, batch.labels(), mixed.others(), mixed.weights()))
                .orElseGet(() -> CrossEntropy.build(tf, logits, batch.labels()));
    }

    private static Knowledge knowledge(
            Ops tf,
            DistillationTerm term,
            ModelInstance student,
            List<ModelInstance> teachers,
            Operand<TInt32> labels) {
        return switch (term.loss().source()) {
            case LOGITS -> {
                var logits = teachers.stream().map(ModelInstance::logits).toList();
                yield new Knowledge(
                        student.logits(), Ensemble.buildLogits(tf.withSubScope("ensemble"), logits), labels);
            }
            case FEATURE ->
                new Knowledge(
                        student.features().get(term.studentLayer().orElseThrow()),
                        teachers.get(0).features().get(term.teacherLayer().orElseThrow()),
                        labels);
        };
    }
}
