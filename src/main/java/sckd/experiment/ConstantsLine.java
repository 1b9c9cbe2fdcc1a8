package sckd.experiment;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import sckd.savedmodel.ModelSettings;
import sckd.yaml.YamlFormat;

/** What tells one training from the others of a comparison, in one line: {@code {supervised: {weight: 1.0}, losses: [], …}}. */
final class ConstantsLine {
    private static final String STUDENT = "student";
    private static final String LOSSES = "losses";
    private static final String GATE = "gate";
    private static final String TRAINING = "training";
    private static final String STAGES = "stages";

    private ConstantsLine() {}

    /**
     * Weights and losses; the gate where there are losses, the student where it is another or has heads, stages where there are any, and of the training what
     * the method has in place of the experiment's own.
     *
     * @param method one of the experiment's, complete
     */
    static String ofMethod(Experiment experiment, Experiment method) {
        var keys = new LinkedHashSet<>(Set.of("supervised", LOSSES));
        boolean isOwnStudent = !method.student().equals(experiment.student());
        if (isOwnStudent || !method.student().heads().isEmpty()) {
            keys.add(STUDENT); // the weights of heads are part of the supervised loss
        }
        if (usesGate(method)) {
            keys.add(GATE);
        }
        if (!method.training().equals(experiment.training())) {
            keys.add(TRAINING);
        }
        if (!method.stages().isEmpty()) {
            keys.add(STAGES);
        }
        var written = ExperimentKeys.EXPERIMENT.write(isOwnStudent ? method : method.with(bare(method.student())));
        written.keySet().retainAll(keys);
        var training = ExperimentKeys.EXPERIMENT.write(experiment).get(TRAINING);
        written.computeIfPresent(TRAINING, (key, own) -> YamlFormat.differingPart(own, training));
        return YamlFormat.inLine(written);
    }

    /** Of a teacher that is trained first: its model, its training, and what it learns from. */
    static String ofTeacher(TeacherSpec teacher) {
        var asTrained = teacher.asTrained();
        var written = ExperimentKeys.TEACHER.write(asTrained);
        written.keySet().retainAll(List.of("model", "heads", "supervised", LOSSES, GATE, TRAINING));
        if (asTrained.losses().orElseThrow().isEmpty()) {
            written.keySet().removeAll(List.of(LOSSES, GATE));
        }
        return YamlFormat.inLine(written);
    }

    /** How the experiment's student is read is no constant of the method. */
    private static StudentSpec bare(StudentSpec student) {
        return new StudentSpec(student.model(), ModelSettings.NONE, student.heads());
    }

    /** Whether its own training, or a stage without a gate, has losses. */
    private static boolean usesGate(Experiment method) {
        var stages = method.stages().stream()
                .filter(stage -> stage.changes().gate().isEmpty())
                .map(method::inStage);
        return Stream.concat(Stream.of(method), stages)
                .anyMatch(training -> !training.losses().isEmpty());
    }
}
