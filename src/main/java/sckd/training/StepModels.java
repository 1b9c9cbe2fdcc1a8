package sckd.training;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.distillation.DistillationTerm;
import sckd.distillation.HeadOutput;
import sckd.graph.Variable;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelVariables;

/**
 * The models of a step, run forward on one batch.
 *
 * @param variables the student's, shared with its inference instance
 * @param student with training semantics; the layers of its heads are among its features
 * @param heads the student's
 * @param teachers frozen, by name; the student itself, where it teaches, is one of them
 * @param cached those of them that are not run
 */
record StepModels(
        ModelVariables variables,
        ModelInstance student,
        List<HeadOutput> heads,
        Map<String, ModelInstance> teachers,
        List<CachedTeacher> cached) {
    /**
     * @param kept outputs of teachers that need not be run, by name
     * @param indices of the batch's samples
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @throws sckd.UserException if a model is one for another number of classes than the data set's, or the student has nothing to train, or one
     *     takes fewer images at once than a batch has
     */
    static StepModels build(
            Ops tf,
            TrainingTask task,
            Map<String, TeacherOutputs> kept,
            Operand<TInt32> indices,
            Operand<TFloat32> pixels) {
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
                student.heads().modelLayersOfStudent(student, studentLayers(task)));
        student.checkClasses(instance.logits(), task.data().classes()); // it has a logit for each, and no more
        var heads = student.heads().buildTraining(tf, task, instance);
        var withHeads = ModelHeads.withLayers(student.buildInOrder(tf, instance), heads);
        var teachers = ImmutableMap.<String, ModelInstance>builder();
        var cached = new ArrayList<CachedTeacher>();
        for (var teacher : task.teachers()) {
            var outputs = Optional.ofNullable(kept.get(teacher.name()));
            outputs.ifPresent(values -> cached.add(CachedTeacher.build(
                    tf, teacher.name(), values, task.data().train().size(), indices)));
            teachers.put(
                    teacher.name(),
                    outputs.isPresent()
                            ? cached.get(cached.size() - 1).instance()
                            : FrozenTeacher.build(tf, task, teacher, pixels, teacherLayers(task, teacher.name())));
        }
        if (task.terms().stream().anyMatch(StepModels::isBySelf)) {
            teachers.put(DistillationTerm.SELF, buildStopped(tf.withSubScope(DistillationTerm.SELF), task, withHeads));
        }
        return new StepModels(variables, withHeads, heads, teachers.buildOrThrow(), List.copyOf(cached));
    }

    private static boolean isBySelf(DistillationTerm term) {
        return term.teachers().contains(DistillationTerm.SELF);
    }

    /** The student as its own teacher. */
    private static ModelInstance buildStopped(Ops tf, TrainingTask task, ModelInstance student) {
        var features = ImmutableMap.<String, Operand<TFloat32>>builder();
        for (var layer : teacherLayers(task, DistillationTerm.SELF)) {
            var named = tf.withName(Variable.opName(layer));
            features.put(layer, named.stopGradient(student.features().get(layer)));
        }
        return new ModelInstance(
                tf.withName("logits").stopGradient(student.logits()), features.buildOrThrow(), List.of());
    }

    /** The layers of a teacher that a task's losses look at. */
    static List<String> teacherLayers(TrainingTask task, String teacher) {
        return layers(
                task.terms().stream().filter(term -> term.teachers().contains(teacher)),
                DistillationTerm::teacherLayer);
    }

    /** Those of the student, as one that learns and as its own teacher. */
    private static List<String> studentLayers(TrainingTask task) {
        return Stream.concat(
                        layers(task.terms().stream(), DistillationTerm::studentLayer).stream(),
                        teacherLayers(task, DistillationTerm.SELF).stream())
                .distinct()
                .toList();
    }

    private static List<String> layers(
            Stream<DistillationTerm> terms, Function<DistillationTerm, Optional<String>> layer) {
        return terms.map(layer).flatMap(Optional::stream).distinct().toList();
    }
}
