package sckd.experiment;

import java.util.List;
import java.util.function.Function;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenRates;
import sckd.savedmodel.ModelSettings;
import sckd.training.ModelHeads;
import sckd.training.NamedModel;
import sckd.training.TrainingPlan;
import sckd.training.TrainingTask;

/**
 * What one stage of an experiment trains, and with what.
 *
 * @param name of the method, or of the teacher; {@code METHOD/STAGE} of a stage before the method's own training
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
    /**
     * @param plan the teacher's own
     * @param before the teachers that stand before it
     */
    static Work ofTeacher(TeacherSpec teacher, TrainingPlan plan, List<NamedModel> before) {
        var own = teacher.asTrained();
        var losses = own.losses().orElseThrow();
        return new Work(
                teacher.name(),
                teacher.model(),
                teacher.settings(),
                teacher.heads(),
                used(before, losses),
                own.supervised().orElseThrow().weight(),
                losses,
                own.gate().orElseThrow(),
                plan);
    }

    /**
     * A method's own training.
     *
     * @param method an experiment without methods of its own
     * @param teachers all of the experiment's
     * @param recorded the rates of another method that the gate may follow
     */
    static Work ofMethod(
            String name, Experiment method, List<NamedModel> teachers, Function<String, OpenRates> recorded) {
        return new Work(
                name,
                method.student().model(),
                method.student().settings(),
                method.student().heads(),
                used(teachers, method.losses()),
                method.supervised().weight(),
                method.losses(),
                FollowedRates.resolve(method.gate(), recorded),
                method.training());
    }

    /** A stage of the method before that; its gate may follow the same stage of another method. */
    static Work ofStage(
            String name,
            StageSpec stage,
            Experiment method,
            List<NamedModel> teachers,
            Function<String, OpenRates> recorded) {
        return ofMethod(name + "/" + stage.name(), method.inStage(stage), teachers, recorded);
    }

    private static List<NamedModel> used(List<NamedModel> teachers, List<DistillationTerm> losses) {
        return teachers.stream()
                .filter(teacher ->
                        losses.stream().anyMatch(loss -> loss.teachers().contains(teacher.name())))
                .toList();
    }

    /** The training of {@code student}, which was read from a copy of the model. */
    TrainingTask task(Images images, long seed, NamedModel student) {
        var withHeads = student.with(ModelHeads.untrained(heads));
        return new TrainingTask(seed, images.training(), withHeads, teachers, supervisedWeight, losses, gate, plan);
    }
}
