package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.HashSet;
import java.util.List;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;

/**
 * All that one training is made from. The same task gives the same weights, bit for bit.
 *
 * @param seed of the order of samples, augmentation and adapters
 * @param supervisedWeight on the cross-entropy with the labels
 * @param terms the distillation losses, each with its own gate; empty: the student alone
 */
public record TrainingTask(
        long seed,
        TrainingData data,
        NamedModel student,
        List<NamedModel> teachers,
        float supervisedWeight,
        List<DistillationTerm> terms,
        Gate gate,
        TrainingPlan plan) {
    public TrainingTask {
        teachers = List.copyOf(teachers);
        terms = List.copyOf(terms);
        checkArgument(
                supervisedWeight >= 0 && Float.isFinite(supervisedWeight),
                "supervised weight is %s; expected at least 0 and finite",
                supervisedWeight);
        var names = teachers.stream().map(NamedModel::name).toList();
        checkArgument(
                !names.contains(DistillationTerm.SELF),
                "a teacher is named '%s', which is the student itself; expected another name",
                DistillationTerm.SELF);
        var seen = new HashSet<String>();
        for (var term : terms) {
            checkArgument(seen.add(term.name()), "two losses are named '%s'; expected a name for each", term.name());
            term.teachers()
                    .forEach(teacher -> checkArgument(
                            teacher.equals(DistillationTerm.SELF) || names.contains(teacher),
                            "loss '%s': unknown teacher '%s'; known: %s",
                            term.name(),
                            teacher,
                            String.join(", ", names)));
        }
    }

    /** The same task with another gate. */
    public TrainingTask withGate(Gate other) {
        return new TrainingTask(seed, data, student, teachers, supervisedWeight, terms, other, plan);
    }

    /** What the student's variables are named by in checkpoints: {@code student/HANDLE}. */
    public static final String STUDENT = "student";
}
