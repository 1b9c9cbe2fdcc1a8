package sckd.training;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.distillation.DistillationTerm;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelVariables;

/**
 * The models of a step, run forward on one batch.
 *
 * @param variables the student's, shared with its inference instance
 * @param student with training semantics
 * @param teachers frozen, by name
 */
record StepModels(ModelVariables variables, ModelInstance student, Map<String, ModelInstance> teachers) {
    /**
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @throws sckd.UserException if a model is one for another number of classes than the data set's, or the student has nothing to train, or one
     *     takes fewer images at once than a batch has
     */
    static StepModels build(Ops tf, TrainingTask task, Operand<TFloat32> pixels) {
        var student = task.student();
        student.checkTrainable();
        new BatchLimits(task.plan().batchSize())
                .checkStudent(student, task.data().train().size());
        var variables = ModelVariables.build(tf, TrainingTask.STUDENT, student.model());
        var instance = ModelInstance.buildTraining(
                tf,
                TrainingTask.STUDENT,
                student.model(),
                variables,
                student.buildInput(tf.withSubScope("student-input"), pixels),
                layers(task.terms(), DistillationTerm::studentLayer));
        student.checkClasses(instance.logits(), task.data().classes());
        var teachers = ImmutableMap.<String, ModelInstance>builder();
        for (var teacher : task.teachers()) {
            var terms = task.terms().stream()
                    .filter(term -> term.teacher().equals(teacher.name()))
                    .toList();
            new BatchLimits(task.plan().batchSize()).checkTeacher(teacher);
            var images = teacher.buildInput(tf.withSubScope(teacher.name() + "-input"), pixels);
            var prefix = "teacher-" + teacher.name();
            var layers = layers(terms, DistillationTerm::teacherLayer);
            var frozen = ModelInstance.buildFrozen(
                    tf, prefix, teacher.model(), images, layers, task.plan().batchSize());
            teacher.checkClasses(frozen.logits(), task.data().classes());
            teachers.put(teacher.name(), frozen);
        }
        return new StepModels(variables, instance, teachers.build());
    }

    private static List<String> layers(
            List<DistillationTerm> terms, Function<DistillationTerm, Optional<String>> layer) {
        return terms.stream().map(layer).flatMap(Optional::stream).distinct().toList();
    }
}
