package sckd.experiment;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import sckd.savedmodel.ModelSettings;

/**
 * What a run's experiment states of the model that it trains. The card of that model keeps all of it but trust, which only the experiment
 * gives.
 */
final class RunSettings {
    private RunSettings() {}

    /** None where the run has no experiment beside it. */
    static ModelSettings find(RunDirectory run) {
        var path = run.path().toAbsolutePath().normalize();
        var name = path.getFileName().toString();
        var parent = new RunDirectory(path.getParent());
        if (Files.exists(run.experiment())) {
            return read(run).student().settings();
        }
        if (Files.exists(parent.experiment())) {
            return Optional.ofNullable(read(parent).byMethod().get(name))
                    .map(method -> method.student().settings())
                    .orElse(ModelSettings.NONE);
        }
        var whole = new RunDirectory(path).findWhole();
        if (whole.isPresent()) {
            return find(whole.get());
        }
        var root = new RunDirectory(parent.path().getParent());
        return Files.exists(root.experiment()) ? ofTeacher(read(root), name) : ModelSettings.NONE;
    }

    private static Experiment read(RunDirectory run) {
        return ExperimentFile.read(run.experiment(), List.of());
    }

    private static ModelSettings ofTeacher(Experiment experiment, String name) {
        return experiment.teachers().stream()
                .filter(teacher -> teacher.name().equals(name))
                .findFirst()
                .map(TeacherSpec::settings)
                .orElse(ModelSettings.NONE);
    }
}
