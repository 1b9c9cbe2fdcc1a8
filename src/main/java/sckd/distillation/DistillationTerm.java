package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;

/**
 * One distillation loss of an experiment: which loss, from whom, between which layers, how strong. Each has its own gate.
 *
 * @param name unique in the experiment; names the loss in logs
 * @param teacher name of the teacher
 * @param teacherLayer and {@code studentLayer}: of a {@link DistillationLoss.Source#FEATURE} loss; empty for logits
 * @param weight α, at least 0; 0 computes and logs the loss without following it
 */
public record DistillationTerm(
        String name,
        DistillationLoss loss,
        String teacher,
        Optional<String> teacherLayer,
        Optional<String> studentLayer,
        float weight) {
    public DistillationTerm {
        checkArgument(weight >= 0 && Float.isFinite(weight), "weight is %s; expected at least 0 and finite", weight);
        checkLayer("teacher-layer", teacherLayer, loss);
        checkLayer("student-layer", studentLayer, loss);
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
