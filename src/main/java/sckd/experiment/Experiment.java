package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.List;
import java.util.Map;
import sckd.Nearest;
import sckd.UserException;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.training.TrainingPlan;

/**
 * All that a run is made from. What its parts say of each other is checked: a loss's teacher exists, names are unique, something is trained.
 *
 * @param losses between the teachers and the student; empty: the student learns from the labels alone
 * @param stages trainings of the student before its own, in order; each begins with the weights that the one before ended with
 * @param methods what each method has in place of the above, by name, in order; empty: the experiment is one run as it stands
 */
public record Experiment(
        String name,
        long seed,
        DataSpec data,
        StudentSpec student,
        List<TeacherSpec> teachers,
        Supervised supervised,
        List<DistillationTerm> losses,
        Gate gate,
        TrainingPlan training,
        List<StageSpec> stages,
        Map<String, Method> methods) {
    /**
     * @throws IllegalArgumentException with all faults, a line each, that starts with the path of the key
     */
    public Experiment {
        teachers = List.copyOf(teachers);
        losses = List.copyOf(losses);
        stages = List.copyOf(stages);
        methods = ImmutableMap.copyOf(methods);
        Names.check("name", name);
        var faults = CrossReferences.findFaults(teachers, supervised, losses, gate, stages, methods);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
    }

    /** The experiment of each method, complete and without methods of its own, in order; one without methods stands under its own name. */
    public Map<String, Experiment> byMethod() {
        return methods.isEmpty() ? Map.of(name, this) : ImmutableMap.copyOf(Maps.transformValues(methods, this::with));
    }

    /** @throws UserException if none of its methods has the name that an option gives; names the nearest */
    void checkMethod(String option, String method) {
        var known = byMethod().keySet();
        if (!known.contains(method)) {
            throw new UserException(
                    "%s is '%s', which is no method; %s".formatted(option, method, Nearest.hint(method, known)));
        }
    }

    /** Whether it is that one with further methods: what the other trains is the same in both. */
    boolean addsMethodsTo(Experiment other) {
        return !other.methods.isEmpty()
                && equals(other.with(other.name, methods))
                && methods.entrySet().containsAll(other.methods.entrySet());
    }

    /** The same experiment with nothing in it that only readers see. */
    Experiment withoutNotes() {
        return with(name, Maps.transformValues(methods, Method::withoutNote));
    }

    /** The same experiment with another seed. */
    Experiment withSeed(long other) {
        return with(name, other, student, methods);
    }

    /** One of its stages, complete and without stages and methods of its own. */
    Experiment inStage(StageSpec stage) {
        return with(student, stage.changes(), List.of());
    }

    /** The same experiment with another name and other methods. */
    Experiment with(String otherName, Map<String, Method> otherMethods) {
        return with(otherName, seed, student, otherMethods);
    }

    /** The same experiment with another student. */
    Experiment with(StudentSpec other) {
        return with(name, seed, other, methods);
    }

    private Experiment with(String otherName, long otherSeed, StudentSpec other, Map<String, Method> otherMethods) {
        return new Experiment(
                otherName, otherSeed, data, other, teachers, supervised, losses, gate, training, stages, otherMethods);
    }

    private Experiment with(Method method) {
        return with(
                method.student().orElse(student),
                method.changes(),
                method.stages().orElse(stages));
    }

    private Experiment with(StudentSpec other, Changes changes, List<StageSpec> before) {
        return new Experiment(
                name,
                seed,
                data,
                other,
                teachers,
                changes.supervised().orElse(supervised),
                changes.losses().orElse(losses),
                changes.gate().orElse(gate),
                changes.training().orElse(training),
                before,
                Map.of());
    }
}
