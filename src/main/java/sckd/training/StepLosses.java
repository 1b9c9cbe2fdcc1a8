package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.data.Batch;
import sckd.data.EpochOrder;
import sckd.distillation.CrossEntropy;
import sckd.distillation.DistillationLoss;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Ensemble;
import sckd.distillation.Knowledge;
import sckd.distillation.KnowledgeShapes;
import sckd.distillation.LossOutput;
import sckd.savedmodel.ModelInstance;

/**
 * The losses of a step, raw.
 *
 * @param supervised L_S, the main task: cross-entropy with the labels, and that of each head times its weight; scalar
 * @param heads the cross-entropy of each of the student's heads, without its weight
 * @param distillation one for each term, in order
 */
record StepLosses(Operand<TFloat32> supervised, List<Operand<TFloat32>> heads, List<LossOutput> distillation) {
    static StepLosses build(Ops tf, TrainingTask task, StepModels models, Batch batch, StepClock clock) {
        var student = models.student();
        var supervised = buildSupervised(tf.withSubScope("supervised"), student.logits(), batch);
        var heads = new ArrayList<Operand<TFloat32>>();
        for (var output : models.heads()) {
            var scope = tf.withSubScope("supervised-" + output.head().name());
            var loss = buildSupervised(scope, output.tensors().logits(), batch);
            supervised = scope.math.add(
                    supervised, scope.math.mul(scope.constant(output.head().weight()), loss));
            heads.add(loss);
        }
        int stepsInEpoch =
                EpochOrder.batchCount(task.data().train().size(), task.plan().batchSize());
        var progress = clock.buildProgress(
                tf.withSubScope("progress"), stepsInEpoch, task.plan().epochs());
        var distillation = new ArrayList<LossOutput>();
        for (var term : task.terms()) {
            var scope = tf.withSubScope("loss-" + term.name());
            var labels = OwnLabels.build(scope, batch);
            var teaching = Ensemble.buildLogits(scope.withSubScope("ensemble"), taughtBy(task, term, models));
            var knowledge = new Knowledge(taught(task, term, models), teaching, labels.labels(), progress);
            distillation.add(term.loss().build(scope, term.name(), knowledge, task.seed()));
            labels.checkUse(term.name());
        }
        return new StepLosses(supervised, heads, distillation);
    }

    private static Operand<TFloat32> buildSupervised(Ops tf, Operand<TFloat32> logits, Batch batch) {
        return batch.mixed()
                .map(mixed -> CrossEntropy.buildMixed(tf, logits, batch.labels(), mixed.others(), mixed.weights()))
                .orElseGet(() -> CrossEntropy.build(tf, logits, batch.labels()));
    }

    private static Operand<TFloat32> taught(TrainingTask task, DistillationTerm term, StepModels models) {
        return compared(task, term, "student-layer", term.studentLayer(), task.student(), models.student());
    }

    /** Of each teacher; there is only one, where features are compared. */
    private static List<Operand<TFloat32>> taughtBy(TrainingTask task, DistillationTerm term, StepModels models) {
        var sides = new ArrayList<Operand<TFloat32>>();
        for (var name : term.teachers()) {
            var model = task.teachers().stream()
                    .filter(teacher -> teacher.name().equals(name))
                    .findFirst()
                    .orElse(task.student());
            var instance = models.teachers().get(name);
            sides.add(compared(task, term, "teacher-layer", term.teacherLayer(), model, instance));
        }
        return sides;
    }

    /** What a loss compares of one side. */
    private static Operand<TFloat32> compared(
            TrainingTask task,
            DistillationTerm term,
            String key,
            Optional<String> layer,
            NamedModel model,
            ModelInstance instance) {
        if (layer.isEmpty()) {
            return instance.logits();
        }
        var feature = instance.features().get(layer.get());
        if (term.loss().source() == DistillationLoss.Source.LOGITS) {
            var fault = "loss '%s': %s '%s'".formatted(term.name(), key, layer.get());
            checkLogits(fault, feature, task.data().classes());
            checkOrder(fault, model, layer.get());
        }
        return feature;
    }

    private static void checkLogits(String fault, Operand<TFloat32> feature, int classes) {
        var shape = feature.shape();
        if (shape.numDimensions() != 2 || shape.get(1) != classes) {
            throw new UserException(
                    "%s is %s; expected logits [batch, %d]: name the logits of a head, or leave it out for the model's own"
                            .formatted(fault, KnowledgeShapes.describe(feature), classes));
        }
    }

    private static void checkOrder(String fault, NamedModel model, String layer) {
        if (!model.heads().add(layer) && !model.classes().equals(ClassOrder.AS_IT_IS)) {
            throw new UserException(
                    "%s is in the order of the model's own classes, the labels are in another; leave it out for the model's logits, which are put in order"
                            .formatted(fault));
        }
    }
}
