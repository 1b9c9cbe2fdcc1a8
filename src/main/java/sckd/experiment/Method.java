package sckd.experiment;

import java.util.List;
import java.util.Optional;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.training.TrainingPlan;

/**
 * What one method of an experiment has in place of the experiment's own; what is empty stays as it is.
 *
 * @param note for readers of its row in a table
 */
public record Method(
        Optional<StudentSpec> student,
        Optional<Supervised> supervised,
        Optional<List<DistillationTerm>> losses,
        Optional<Gate> gate,
        Optional<TrainingPlan> training,
        Optional<String> note) {
    public Method {
        losses = losses.map(List::copyOf);
    }
}
