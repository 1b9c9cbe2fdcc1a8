package sckd.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sckd.Nearest;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;

/** Finds what the parts of an experiment say of each other that does not hold; each fault starts with the path of its key. */
final class CrossReferences {
    private final List<String> teachers;
    private final List<String> faults = new ArrayList<>();

    private CrossReferences(List<String> teachers) {
        this.teachers = teachers;
    }

    static List<String> findFaults(
            List<TeacherSpec> teachers,
            Supervised supervised,
            List<DistillationTerm> losses,
            Gate gate,
            Map<String, Method> methods) {
        var references =
                new CrossReferences(teachers.stream().map(TeacherSpec::name).toList());
        Names.findFaults("teachers", references.teachers, references.faults);
        references.checkLosses("", losses);
        references.checkAnyLoss("", supervised, losses);
        references.checkFollowed(gate, methods);
        methods.forEach((name, method) -> {
            var path = "methods." + name + ".";
            if (!Names.isValid(name)) {
                references.faults.add("methods has '" + name + "'; expected letters, digits, - and _");
            }
            if (name.equalsIgnoreCase(RunDirectory.TEACHERS)) { // macOS and Windows hold both for one
                references.faults.add(
                        "methods has '" + name + "', the folder of a run's teachers; expected another name");
            }
            method.losses().ifPresent(own -> references.checkLosses(path, own));
            if (method.losses().isPresent() || method.supervised().isPresent()) {
                references.checkAnyLoss(
                        path,
                        method.supervised().orElse(supervised),
                        method.losses().orElse(losses));
            }
        });
        return references.faults;
    }

    private void checkLosses(String path, List<DistillationTerm> losses) {
        Names.findFaults(
                path + "losses", losses.stream().map(DistillationTerm::name).toList(), faults);
        for (int i = 0; i < losses.size(); i++) {
            checkTeacher(path + "losses[" + i + "]", losses.get(i).teacher());
        }
    }

    private void checkTeacher(String path, String teacher) {
        if (teacher.equals(DistillationTerm.SELF)) {
            return;
        }
        if (teachers.isEmpty()) {
            faults.add(path + ".teacher is '" + teacher + "', but there are no teachers; expected it under teachers");
        } else if (!teachers.contains(teacher)) {
            faults.add(path + ".teacher is '" + teacher + "', which is no teacher; " + Nearest.hint(teacher, teachers));
        }
    }

    /** A method's record is there only when it has run: one that follows it comes after it. */
    private void checkFollowed(Gate gate, Map<String, Method> methods) {
        var before = new ArrayList<String>();
        methods.forEach((name, method) -> {
            var key = method.gate().isPresent() ? "methods." + name + ".gate.method" : "gate.method";
            FollowedRates.findMethod(method.gate().orElse(gate))
                    .filter(followed -> !before.contains(followed))
                    .ifPresent(followed -> faults.add(key + " is '" + followed + "', which is no method before '" + name
                            + "'; " + (before.isEmpty() ? "there is none before it" : Nearest.hint(followed, before))));
            before.add(name);
        });
    }

    private void checkAnyLoss(String path, Supervised supervised, List<DistillationTerm> losses) {
        if (supervised.weight() == 0 && losses.isEmpty()) {
            faults.add(path + "losses is empty and supervised.weight is 0; expected something to learn from");
        }
    }
}
