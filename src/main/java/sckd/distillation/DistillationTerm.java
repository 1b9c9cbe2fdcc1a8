package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;

/**
 * One distillation loss of an experiment: which loss, from whom, between which layers, how strong. Each has its own gate.
 *
 * @param name unique in the experiment; names the loss in logs
 * @param teacher name of the teacher, or {@link #SELF}
 * @param teacherLayer and {@code studentLayer}: of a {@link DistillationLoss.Source#FEATURE} loss; of one between logits a layer that holds logits, empty for the
 *     model's own
 * @param weight α, at least 0; 0 computes and logs the loss without following it
 */
public record DistillationTerm(
        String name,
        DistillationLoss loss,
        String teacher,
        Optional<String> teacherLayer,
        Optional<String> studentLayer,
        float weight) {
    /** The student itself as a teacher, in the same step, its gradient stopped. */
    public static final String SELF = "self";

    public DistillationTerm {
        checkArgument(weight >= 0 && Float.isFinite(weight), "weight is %s; expected at least 0 and finite", weight);
        checkLayer("teacher-layer", teacherLayer, loss);
        checkLayer("student-layer", studentLayer, loss);
        checkArgument(
                !teacher.equals(SELF) || !teacherLayer.equals(studentLayer),
                "teacher is self, and the student's side is %s too; expected a student-layer that is not what teaches",
                studentLayer.map(layer -> "layer '" + layer + "'").orElse("the logits"));
    }

    private static void checkLayer(String key, Optional<String> layer, DistillationLoss loss) {
        checkArgument(
                layer.isPresent() || loss.source() == DistillationLoss.Source.LOGITS,
                "%s is missing; expected a layer's name (`sckd inspect` lists them): the loss compares features",
                key);
    }
}
