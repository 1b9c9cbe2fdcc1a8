package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import sckd.report.RunSummary;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelImport.Existing;
import sckd.savedmodel.StudentExport;
import sckd.training.EvaluationResult;
import sckd.training.TeacherCache;
import sckd.training.TrainedHeads;
import sckd.training.Trainer;
import sckd.training.TrainingResult;
import sckd.training.TrainingTask;

/** One training of an experiment, or several of one model in a row, from the untrained model to the exported one: a teacher or a method's student. */
final class Stage {
    private final Images images;
    private final long seed;
    private final RunListener listener;
    private final BooleanSupplier stopRequested;
    private final TeacherCache cache;

    Stage(Images images, long seed, RunListener listener, BooleanSupplier stopRequested) {
        this.cache = new TeacherCache(listener::message);
        this.images = images;
        this.seed = seed;
        this.listener = listener;
        this.stopRequested = stopRequested;
    }

    /**
     * Trains, exports and sums up; what an earlier process did of it is continued, and not done again if it ended.
     *
     * @param check throws if the exported model is not to be gone on with; it stays, but has not ended then
     */
    RunSummary run(Work work, RunDirectory directory, Consumer<Path> check) {
        return findDone(work, directory).orElseGet(() -> train(work, work.model(), List.of(), directory, check));
    }

    /**
     * As above, without a check, after trainings of the same student in {@code stages/} of the directory; each begins with the last weights of the one before.
     *
     * @param stages by name, in order
     */
    RunSummary runInStages(Map<String, Work> stages, Work own, RunDirectory directory) {
        var done = findDone(own, directory);
        if (done.isPresent()) {
            return done.get();
        }
        var before = new ArrayList<RunSummary>();
        var start = own.model();
        for (var stage : stages.entrySet()) {
            var place = directory.stage(stage.getKey());
            var from = start;
            before.add(place.findSummary()
                    .orElseGet(() -> train(stage.getValue(), from, List.of(), place, student -> {})));
            start = new ModelSource.SavedModel(place.student());
        }
        return train(own, start, before, directory, student -> {});
    }

    private Optional<RunSummary> findDone(Work work, RunDirectory directory) {
        var done = directory.findSummary();
        done.ifPresent(summary -> listener.message("%s: trained by an earlier process".formatted(work.name())));
        return done;
    }

    /**
     * @param start the student, or what a stage before made of it
     * @param before what the stages before came to
     * @param check as of {@link #run}
     */
    private RunSummary train(
            Work work, ModelSource start, List<RunSummary> before, RunDirectory directory, Consumer<Path> check) {
        directory.create();
        Models.writeInitial(start, work.settings(), images.dataSet(), seed, directory.initial());
        var student = Models.read(work.name(), directory.initial(), work.settings(), images.dataSet());
        Models.tellNotes(student, listener);
        PeakMemory.start();
        var progress = listener.training(work.name(), work.plan().epochs());
        var task = work.task(images, seed, student).withGate(FollowedRates.keep(work.gate(), directory));
        Models.tellTrainingNotes(task.student(), listener);
        var result = Trainer.train(task, cache, directory.path(), progress, stopRequested);
        export(student.model(), result, directory);
        check.accept(directory.student());
        var summary = summary(work, student.model(), result, before, directory);
        directory.writeSummary(summary);
        listener.finished(summary);
        return summary;
    }

    private static void export(ClassifierModel model, TrainingResult result, RunDirectory directory) {
        // one may stand there, of a process that was killed before it had summed up
        StudentExport.write(
                model, result.checkpoint().bundle(), TrainingTask.STUDENT, directory.student(), Existing.REPLACE);
        if (!result.heads().isEmpty()) {
            TrainedHeads.write(result.checkpoint().bundle(), result.heads(), directory.heads());
        }
    }

    private RunSummary summary(
            Work work, ClassifierModel model, TrainingResult result, List<RunSummary> before, RunDirectory directory) {
        double earlierSeconds = before.stream().mapToDouble(RunSummary::seconds).sum();
        long earlierPeak =
                before.stream().mapToLong(RunSummary::peakMemoryMebibytes).max().orElse(0);
        return new RunSummary(
                work.name(),
                work.model().text(),
                model.trainableParameters(),
                result.last().top1(),
                result.best().top1(),
                result.bestEpoch(),
                images.training().monitoredName(),
                result.validation().map(EvaluationResult::top1).orElse(0.0),
                ImmutableMap.copyOf(result.openRates()),
                result.steps(),
                earlierSeconds + result.seconds(),
                Math.max(earlierPeak, PeakMemory.mebibytes()),
                directory.student().toString());
    }
}
