package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;
import sckd.data.Normalization;
import sckd.training.TrainingPlan;

/**
 * A model that the student learns from.
 *
 * @param name unique in the experiment
 * @param input its scaling; empty: the model's own, else the data set's
 * @param training how it is trained before the student; empty: it is taken as it is
 */
public record TeacherSpec(
        String name, ModelSource model, Optional<Normalization> input, Optional<TrainingPlan> training) {
    public TeacherSpec {
        Names.check("name", name);
        checkArgument(
                training.isPresent() || !(model instanceof ModelSource.ZooModel),
                "model is %s, which is untrained; expected `training` beside it, or a trained SavedModel",
                model.text());
    }
}
