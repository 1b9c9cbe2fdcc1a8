package sckd.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
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
            List<StageSpec> stages,
            Map<String, Method> methods) {
        var references =
                new CrossReferences(teachers.stream().map(TeacherSpec::name).toList());
        Names.findFaults("teachers", references.teachers, references.faults);
        for (int i = 0; i < teachers.size(); i++) {
            references.checkTeacher(i, teachers.get(i));
        }
        references.checkLosses("", losses);
        references.checkStages("", stages);
        references.checkAnyLoss("", supervised, losses, stages);
        FollowOrder.findFaults(gate, stages, methods, references.faults);
        methods.forEach((name, method) -> {
            var path = "methods." + name + ".";
            if (!Names.isValid(name)) {
                references.faults.add("methods has '" + name + "'; expected letters, digits, - and _");
            }
            if (name.equalsIgnoreCase(RunDirectory.TEACHERS)) { // macOS and Windows hold both for one
                references.faults.add(
                        "methods has '" + name + "', the folder of a run's teachers; expected another name");
            }
            var changes = method.changes();
            changes.losses().ifPresent(own -> references.checkLosses(path, own));
            method.stages().ifPresent(own -> references.checkStages(path, own));
            if (changes.losses().isPresent()
                    || changes.supervised().isPresent()
                    || method.stages().isPresent()) {
                references.checkAnyLoss(
                        path,
                        changes.supervised().orElse(supervised),
                        changes.losses().orElse(losses),
                        method.stages().orElse(stages));
            }
        });
        return references.faults;
    }

    /** It is trained before all methods, and can learn from those that are there by then. */
    private void checkTeacher(int index, TeacherSpec teacher) {
        var path = "teachers[" + index + "].";
        var before = teachers.subList(0, index);
        teacher.losses().ifPresent(losses -> {
            checkNames(path, losses);
            forEachTeacher(path, losses, (key, named) -> {
                if (!before.contains(named)) {
                    faults.add(Names.notBefore(key, named, "teacher", teacher.name(), before));
                }
            });
        });
        teacher.gate()
                .flatMap(FollowedRates::findMethod)
                .ifPresent(
                        followed -> faults.add(
                                path + "gate.method is '" + followed
                                        + "', but teachers are trained before the methods; expected rate, or run with the directory of a run"));
        if (teacher.training().isPresent()) {
            checkAnyLoss(
                    path,
                    teacher.supervised().orElse(new Supervised(1)),
                    teacher.losses().orElse(List.of()),
                    List.of());
        }
    }

    private void checkStages(String path, List<StageSpec> stages) {
        Names.findFaults(path + "stages", stages.stream().map(StageSpec::name).toList(), faults);
        for (int i = 0; i < stages.size(); i++) {
            var ofStage = StageSpec.path(path, i);
            stages.get(i).changes().losses().ifPresent(losses -> checkLosses(ofStage, losses));
        }
    }

    private void checkLosses(String path, List<DistillationTerm> losses) {
        checkNames(path, losses);
        forEachTeacher(path, losses, (key, named) -> {
            if (teachers.isEmpty()) {
                faults.add(key + " is '" + named + "', but there are no teachers; expected it under teachers");
            } else if (!teachers.contains(named)) {
                faults.add(key + " is '" + named + "', which is no teacher; " + Nearest.hint(named, teachers));
            }
        });
    }

    private void checkNames(String path, List<DistillationTerm> losses) {
        Names.findFaults(
                path + "losses", losses.stream().map(DistillationTerm::name).toList(), faults);
    }

    /** @param check is given the key and the teacher's name that it has; the student itself is always there */
    private static void forEachTeacher(String path, List<DistillationTerm> losses, BiConsumer<String, String> check) {
        for (int i = 0; i < losses.size(); i++) {
            var named = losses.get(i).teachers();
            var key = path + "losses[" + i + "].teacher";
            for (int n = 0; n < named.size(); n++) {
                if (!named.get(n).equals(DistillationTerm.SELF)) {
                    check.accept(named.size() == 1 ? key : key + "[" + n + "]", named.get(n));
                }
            }
        }
    }

    private void checkAnyLoss(
            String path, Supervised supervised, List<DistillationTerm> losses, List<StageSpec> stages) {
        if (supervised.weight() == 0 && losses.isEmpty()) {
            faults.add(path + "losses is empty and supervised.weight is 0; expected something to learn from");
        }
        for (int i = 0; i < stages.size(); i++) {
            var changes = stages.get(i).changes();
            checkAnyLoss(
                    StageSpec.path(path, i),
                    changes.supervised().orElse(supervised),
                    changes.losses().orElse(losses),
                    List.of());
        }
    }
}
