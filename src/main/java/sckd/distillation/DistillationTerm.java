package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Optional;

/**
 * One distillation loss of an experiment: which loss, from whom, between which layers, how strong. Each has its own gate.
 *
 * @param name unique in the experiment; names the loss in logs
 * @param teachers names of the teachers; of several the loss follows the {@link Ensemble}, which has logits and no layers
 * @param teacherLayer and {@code studentLayer}: of a {@link DistillationLoss.Source#FEATURE} loss; empty for logits
 * @param weight α, at least 0; 0 computes and logs the loss without following it
 */
public record DistillationTerm(
        String name,
        DistillationLoss loss,
        List<String> teachers,
        Optional<String> teacherLayer,
        Optional<String> studentLayer,
        float weight) {
    public DistillationTerm {
        teachers = List.copyOf(teachers);
        checkArgument(weight >= 0 && Float.isFinite(weight), "weight is %s; expected at least 0 and finite", weight);
        checkTeachers(teachers, loss);
        checkLayer("teacher-layer", teacherLayer, loss);
        checkLayer("student-layer", studentLayer, loss);
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
        switch (loss.source()) {
            case FEATURE ->
                checkArgument(
                        layer.isPresent(),
                        "%s is missing; expected a layer's name (`sckd inspect` lists them): the loss compares features",
                        key);
            case LOGITS ->
                checkArgument(
                        layer.isEmpty(), "%s is %s; expected none: the loss compares logits", key, layer.orElse(""));
        }
    }
}
