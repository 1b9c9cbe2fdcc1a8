package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;
import sckd.savedmodel.ModelSettings;
import sckd.training.TrainingPlan;

/**
 * A model that the student learns from.
 *
 * @param name unique in the experiment
 * @param settings how it is read and given its images; what is not stated is as its card says
 * @param training how it is trained before the student; empty: it is taken as it is
 * @param check whether a run stops where it is no better than chance, or far below what it was imported with
 */
public record TeacherSpec(
        String name, ModelSource model, ModelSettings settings, Optional<TrainingPlan> training, boolean check) {
    public TeacherSpec {
        Names.check("name", name);
        checkArgument(
                training.isPresent() || !(model instanceof ModelSource.ZooModel),
                "model is %s, which is untrained; expected `training` beside it, or a trained SavedModel",
                model.text());
    }
}
