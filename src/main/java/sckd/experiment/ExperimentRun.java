package sckd.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import sckd.UserException;
import sckd.distillation.OpenRates;
import sckd.distillation.RecordedRates;
import sckd.files.DirectoryLock;
import sckd.report.RunSummary;
import sckd.savedmodel.ModelDigest;
import sckd.training.Evaluation;
import sckd.training.ModelHeads;
import sckd.training.NamedModel;
import sckd.training.TrainedHeads;

/** Runs an experiment: its teachers in their order, as each may learn from those before it, then its student, once for each method. */
public final class ExperimentRun {
    private final Experiment experiment;
    private final RunDirectory directory;
    private final RunListener listener;
    private final Images images;
    private final Stage stage;
    private final TeacherCheck check;

    private ExperimentRun(
            Experiment experiment,
            Images images,
            RunDirectory directory,
            RunListener listener,
            BooleanSupplier stopRequested) {
        this.experiment = experiment;
        this.images = images;
        this.directory = directory;
        this.listener = listener;
        stage = new Stage(images, experiment.seed(), listener, stopRequested);
        check = new TeacherCheck(experiment, images, listener);
    }

    /**
     * Runs all stages; those that an earlier process ended in {@code directory} are not run again, one that it left is continued.
     *
     * @param stopRequested asked after every step
     * @return a row for each teacher, then for each method
     * @throws sckd.UserException if the experiment cannot run; where that can be told before its first step, no run is left behind
     */
    public static List<RunSummary> run(
            Experiment experiment, RunDirectory directory, RunListener listener, BooleanSupplier stopRequested) {
        FollowedRates.check(experiment);
        RunPlace.check(experiment, directory);
        var images = Images.read(experiment.data(), experiment.seed());
        var given = Models.readGiven(experiment, images.dataSet());
        Map<String, Double> measured = Map.of();
        if (!Files.exists(directory.experiment())) {
            Rehearsal.run(experiment, images, given);
            measured = TeacherCheck.runOnGiven(experiment, images, given, listener);
        } else if (Runs.addsMethods(experiment, directory)) {
            Rehearsal.run(experiment, images, given);
        }
        directory.create();
        try (var lock = DirectoryLock.acquire(directory.path())) {
            directory.writeExperiment(experiment);
            return new ExperimentRun(experiment, images, directory, listener, stopRequested).runStages(given, measured);
        }
    }

    /**
     * Builds all graphs without running any.
     *
     * @throws sckd.UserException if a training cannot be built
     */
    static void rehearse(Experiment experiment) {
        FollowedRates.check(experiment);
        var images = Images.read(experiment.data(), experiment.seed());
        Rehearsal.run(experiment, images, Models.readGiven(experiment, images.dataSet()));
    }

    /**
     * @param given the teachers that are taken as they are, by name
     * @param measured top-1 on the test images of teachers, by name, where it is known
     */
    private List<RunSummary> runStages(Map<String, NamedModel> given, Map<String, Double> measured) {
        var rows = new ArrayList<RunSummary>();
        var teachers = new ArrayList<NamedModel>();
        for (var teacher : experiment.teachers()) {
            var place = directory.teacher(teacher.name());
            if (teacher.training().isPresent()) {
                var work = Work.ofTeacher(teacher, teacher.training().get(), teachers);
                rows.add(stage.run(work, place, student -> check.runOnTrained(teacher, readTeacher(teacher, student))));
                teachers.add(readTeacher(teacher, place.student()).with(headsOf(teacher, place)));
            } else {
                var model = given.get(teacher.name());
                checkUnchanged(teacher, model, place);
                Models.tellNotes(model, listener);
                rows.add(place.findSummary()
                        .orElseGet(() -> summarize(
                                teacher,
                                model,
                                Optional.ofNullable(measured.get(teacher.name()))
                                        .orElseGet(() -> evaluate(model)),
                                place)));
                teachers.add(model);
            }
        }
        experiment.byMethod().forEach((name, method) -> rows.add(runMethod(name, method, teachers)));
        return rows;
    }

    private RunSummary runMethod(String name, Experiment method, List<NamedModel> teachers) {
        var place = experiment.methods().isEmpty() ? directory : directory.method(name);
        var stages = new LinkedHashMap<String, Work>();
        for (var spec : method.stages()) {
            var work = Work.ofStage(
                    name,
                    spec,
                    method,
                    teachers,
                    other -> recorded(directory.method(other).stage(spec.name())));
            stages.put(spec.name(), work);
        }
        var own = Work.ofMethod(name, method, teachers, other -> recorded(directory.method(other)));
        return stage.runInStages(stages, own, place);
    }

    private static OpenRates recorded(RunDirectory run) {
        return new RecordedRates(run.path());
    }

    /** A resume is to end with the bits of a run in one go: it needs the teacher that the run began with. */
    private static void checkUnchanged(TeacherSpec teacher, NamedModel model, RunDirectory place) {
        var now = ModelDigest.of(model.model().directory());
        var before = place.findDigest();
        if (before.isEmpty()) {
            place.create();
            place.writeDigest(now);
        } else if (!before.get().equals(now)) {
            throw new UserException(
                    "teacher '%s': %s is another model than the run began with (SHA-256 %s, was %s); bring it back, or start a new run without --resume"
                            .formatted(teacher.name(), model.model().directory(), shorten(now), shorten(before.get())));
        }
    }

    private static String shorten(String sha256) {
        return sha256.substring(0, Math.min(12, sha256.length()));
    }

    private double evaluate(NamedModel teacher) {
        var test = images.training().test();
        listener.message("%s: evaluating on %,d test images".formatted(teacher.name(), test.size()));
        return Evaluation.run(teacher, test, images.training().classes()).top1();
    }

    private static RunSummary summarize(TeacherSpec teacher, NamedModel model, double top1, RunDirectory place) {
        var summary = RunSummary.ofGiven(
                teacher.name(), teacher.model().text(), model.model().trainableParameters(), top1);
        place.writeSummary(summary);
        return summary;
    }

    private static ModelHeads headsOf(TeacherSpec teacher, RunDirectory place) {
        return teacher.heads().isEmpty()
                ? ModelHeads.NONE
                : new ModelHeads(teacher.heads(), Optional.of(new TrainedHeads(place.heads())));
    }

    private NamedModel readTeacher(TeacherSpec teacher, Path model) {
        return Models.read(teacher.name(), model, teacher.settings(), images.dataSet());
    }
}
