package sckd.experiment;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Optional;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenGate;
import sckd.savedmodel.ModelSettings;
import sckd.training.TrainingPlan;

/**
 * A model that the student learns from. One that learns from teachers before it is an assistant: Mirzadeh et al. 2020, "Improved Knowledge Distillation via
 * Teacher Assistant", arXiv:1902.03393 (TAKD).
 *
 * @param name unique in the experiment
 * @param settings how it is read and given its images; what is not stated is as its card says
 * @param heads auxiliary classifiers that are trained with it
 * @param supervised as it is trained; empty: weight 1
 * @param losses with teachers before it; empty: none
 * @param gate of these; empty: open, whatever the experiment's
 * @param training how it is trained before the student; empty: it is taken as it is
 * @param check whether a run stops where it is no better than chance, or far below what it was imported with
 */
public record TeacherSpec(
        String name,
        ModelSource model,
        ModelSettings settings,
        List<NamedHead> heads,
        Optional<Supervised> supervised,
        Optional<List<DistillationTerm>> losses,
        Optional<Gate> gate,
        Optional<TrainingPlan> training,
        boolean check) {
    public TeacherSpec {
        heads = List.copyOf(heads);
        losses = losses.map(List::copyOf);
        Names.check("name", name);
        checkArgument(
                !name.equals(DistillationTerm.SELF),
                "name is '%s', by which losses mean the student itself; expected another name",
                name);
        Names.checkUnique("heads", heads.stream().map(NamedHead::name).toList());
        checkArgument(
                heads.isEmpty() || training.isPresent(),
                "heads are given, but no training; expected `training` beside them, which trains the teacher with its heads");
        checkArgument(
                training.isPresent() || !(model instanceof ModelSource.ZooModel),
                "model is %s, which is untrained; expected `training` beside it, or a trained SavedModel",
                model.text());
        checkTrained("supervised", supervised, training);
        checkTrained("losses", losses, training);
        checkTrained("gate", gate, training);
    }

    /** The same with what holds where its own training states nothing: weight 1, no losses, an open gate. */
    TeacherSpec asTrained() {
        return new TeacherSpec(
                name,
                model,
                settings,
                heads,
                supervised.or(() -> Optional.of(new Supervised(1))),
                losses.or(() -> Optional.of(List.of())),
                gate.or(() -> Optional.of(new OpenGate(false))),
                training,
                check);
    }

    private static void checkTrained(String key, Optional<?> stated, Optional<TrainingPlan> training) {
        checkArgument(
                training.isPresent() || stated.isEmpty(),
                "%s is given, but the teacher is taken as it is; expected `training` beside it",
                key);
    }
}
