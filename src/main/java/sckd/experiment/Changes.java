package sckd.experiment;

import java.util.List;
import java.util.Optional;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.training.TrainingPlan;

/** What a training has in place of that of the experiment, or of the method, that it belongs to; what is empty stays as it is. */
public record Changes(
        Optional<Supervised> supervised,
        Optional<List<DistillationTerm>> losses,
        Optional<Gate> gate,
        Optional<TrainingPlan> training) {
    public Changes {
        losses = losses.map(List::copyOf);
    }
}
