package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;

/**
 * One distillation loss of an experiment: which loss, from whom, between which layers, how strong. Each has its own gate.
 *
 * @param name unique in the experiment; names the loss in logs
 * @param teacher name of the teacher
 * @param teacherLayer and {@code studentLayer}: of a {@link DistillationLoss.Source#FEATURE} loss; empty for logits
 * @param weight α, at least 0
 */
public record DistillationTerm(
        String name,
        DistillationLoss loss,
        String teacher,
        Optional<String> teacherLayer,
        Optional<String> studentLayer,
        float weight) {
    public DistillationTerm {
        checkArgument(weight >= 0 && Float.isFinite(weight), "weight is %s; expected at least 0", weight);
    }
}
