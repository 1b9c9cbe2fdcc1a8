package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Optional;

/**
 * One distillation loss of an experiment: which loss, from whom, between which layers, how strong. Each has its own gate.
 *
 * @param name unique in the experiment; names the loss in logs
 * @param teachers names of the teachers, {@link #SELF} among them or not; of several the loss follows the {@link Ensemble}, which has logits and no features
 * @param teacherLayer and {@code studentLayer}: of a {@link DistillationLoss.Source#FEATURE} loss; of one between logits a layer that holds logits, of each of
 *     several teachers, empty for the model's own
 * @param weight α, at least 0; 0 computes and logs the loss without following it
 */
public record DistillationTerm(
        String name,
        DistillationLoss loss,
        List<String> teachers,
        Optional<String> teacherLayer,
        Optional<String> studentLayer,
        float weight) {
    /** The student itself as a teacher, in the same step, its gradient stopped. */
    public static final String SELF = "self";

    public DistillationTerm {
        teachers = List.copyOf(teachers);
        Parameters.checkAtLeast0("weight", weight);
        checkTeachers(teachers, loss);
        checkLayer("teacher-layer", teacherLayer, loss);
        checkLayer("student-layer", studentLayer, loss);
        checkArgument(
                !teachers.equals(List.of(SELF)) || !teacherLayer.equals(studentLayer),
                "teacher is self, and the student's side is %s too; expected a student-layer that is not what teaches",
                studentLayer.map(layer -> "layer '" + layer + "'").orElse("the logits"));
    }

    /** A loss with one teacher. */
    public DistillationTerm(
            String name,
            DistillationLoss loss,
            String teacher,
            Optional<String> teacherLayer,
            Optional<String> studentLayer,
            float weight) {
        this(name, loss, List.of(teacher), teacherLayer, studentLayer, weight);
    }

    private static void checkTeachers(List<String> teachers, DistillationLoss loss) {
        checkArgument(!teachers.isEmpty(), "teacher is an empty list; expected a name, or a list of names");
        checkArgument(
                teachers.stream().distinct().count() == teachers.size(),
                "teacher is %s; expected each name once",
                teachers);
        checkArgument(
                teachers.size() == 1 || loss.source() == DistillationLoss.Source.LOGITS,
                "teacher is %s; expected one: the loss compares features, and an ensemble has logits alone",
                teachers);
    }

    private static void checkLayer(String key, Optional<String> layer, DistillationLoss loss) {
        checkArgument(
                layer.isPresent() || loss.source() == DistillationLoss.Source.LOGITS,
                "%s is missing; expected a layer's name (`sckd inspect` lists them): the loss compares features",
                key);
    }
}
