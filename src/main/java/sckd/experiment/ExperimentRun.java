package sckd.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import sckd.distillation.OpenGate;
import sckd.files.DirectoryLock;
import sckd.report.RunSummary;
import sckd.training.Evaluation;
import sckd.training.NamedModel;

/** Runs an experiment: its teachers, then its student, once for each method. */
public final class ExperimentRun {
    private final Experiment experiment;
    private final RunDirectory directory;
    private final RunListener listener;
    private final Images images;
    private final Stage stage;

    private ExperimentRun(
            Experiment experiment, RunDirectory directory, RunListener listener, BooleanSupplier stopRequested) {
        this.experiment = experiment;
        this.directory = directory;
        this.listener = listener;
        images = Images.read(experiment.data(), experiment.seed());
        stage = new Stage(images, experiment.seed(), listener, stopRequested);
    }

    /**
     * Runs all stages; those that an earlier process ended in {@code directory} are not run again, one that it left is continued.
     *
     * @param stopRequested asked after every step
     * @return a row for each teacher, then for each method
     */
    public static List<RunSummary> run(
            Experiment experiment, RunDirectory directory, RunListener listener, BooleanSupplier stopRequested) {
        directory.create();
        try (var lock = DirectoryLock.acquire(directory.path())) {
            directory.writeExperiment(experiment);
            return new ExperimentRun(experiment, directory, listener, stopRequested).runStages();
        }
    }

    private List<RunSummary> runStages() {
        var rows = new ArrayList<RunSummary>();
        var teachers = new ArrayList<NamedModel>();
        for (var teacher : experiment.teachers()) {
            rows.add(runTeacher(teacher));
            teachers.add(readTeacher(teacher));
        }
        experiment.byMethod().forEach((name, method) -> rows.add(runMethod(name, method, teachers)));
        return rows;
    }

    private RunSummary runTeacher(TeacherSpec teacher) {
        var place = directory.teacher(teacher.name());
        if (teacher.training().isEmpty()) {
            return place.findSummary().orElseGet(() -> evaluateTeacher(teacher, place));
        }
        var work = new Stage.Work(
                teacher.name(),
                teacher.model(),
                teacher.input(),
                Optional.empty(),
                List.of(),
                1,
                List.of(),
                new OpenGate(false),
                teacher.training().get());
        return stage.run(work, place);
    }

    private RunSummary evaluateTeacher(TeacherSpec teacher, RunDirectory place) {
        var model = readTeacher(teacher);
        listener.message("%s: evaluating on %,d test images"
                .formatted(teacher.name(), images.training().test().size()));
        var top1 = Evaluation.run(model, images.training().test()).top1();
        var summary = new RunSummary(
                teacher.name(),
                teacher.model().text(),
                model.model().trainableParameters(),
                top1,
                top1,
                0,
                "",
                Map.of(),
                0,
                0,
                teacher.model().text());
        place.create();
        place.writeSummary(summary);
        return summary;
    }

    private NamedModel readTeacher(TeacherSpec teacher) {
        var path = teacher.training().isPresent()
                ? directory.teacher(teacher.name()).student()
                : Path.of(teacher.model().text());
        return Models.read(teacher.name(), path, teacher.input(), images.dataSet(), listener);
    }

    private RunSummary runMethod(String name, Experiment method, List<NamedModel> teachers) {
        var used = teachers.stream()
                .filter(teacher ->
                        method.losses().stream().anyMatch(loss -> loss.teacher().equals(teacher.name())))
                .toList();
        var work = new Stage.Work(
                name,
                method.student().model(),
                method.student().input(),
                method.student().batchNormMomentum(),
                used,
                method.supervised().weight(),
                method.losses(),
                method.gate(),
                method.training());
        return stage.run(work, experiment.methods().isEmpty() ? directory : directory.method(name));
    }
}
