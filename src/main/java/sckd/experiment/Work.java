package sckd.experiment;

import java.util.List;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenGate;
import sckd.savedmodel.ModelSettings;
import sckd.training.ModelHeads;
import sckd.training.NamedModel;
import sckd.training.TrainingPlan;
import sckd.training.TrainingTask;

/**
 * What one stage of an experiment trains, and with what.
 *
 * @param name of the method, or of the teacher
 * @param settings and {@code heads}: as {@link StudentSpec}
 * @param teachers that the losses take part of
 */
record Work(
        String name,
        ModelSource model,
        ModelSettings settings,
        List<NamedHead> heads,
        List<NamedModel> teachers,
        float supervisedWeight,
        List<DistillationTerm> losses,
        Gate gate,
        TrainingPlan plan) {
    /** A teacher learns from the labels alone. */
    static Work ofTeacher(TeacherSpec teacher, TrainingPlan plan) {
        return new Work(
                teacher.name(),
                teacher.model(),
                teacher.settings(),
                teacher.heads(),
                List.of(),
                1,
                List.of(),
                new OpenGate(false),
                plan);
    }

    /**
     * @param method an experiment without methods of its own
     * @param gate its own, with all that it needs of other methods
     * @param teachers all of the experiment's
     */
    static Work ofMethod(String name, Experiment method, Gate gate, List<NamedModel> teachers) {
        var used = teachers.stream()
                .filter(teacher ->
                        method.losses().stream().anyMatch(loss -> loss.teacher().equals(teacher.name())))
                .toList();
        return new Work(
                name,
                method.student().model(),
                method.student().settings(),
                method.student().heads(),
                used,
                method.supervised().weight(),
                method.losses(),
                gate,
                method.training());
    }

    /** The training of {@code student}, which was read from a copy of the model. */
    TrainingTask task(Images images, long seed, NamedModel student) {
        var withHeads = student.with(ModelHeads.untrained(heads));
        return new TrainingTask(seed, images.training(), withHeads, teachers, supervisedWeight, losses, gate, plan);
    }
}
