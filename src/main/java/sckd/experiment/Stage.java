package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import sckd.report.RunSummary;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelImport.Existing;
import sckd.savedmodel.StudentExport;
import sckd.training.TeacherCache;
import sckd.training.Trainer;
import sckd.training.TrainingResult;
import sckd.training.TrainingTask;

/** One training of an experiment, from the untrained model to the exported one: a teacher or a method's student. */
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
        var done = directory.findSummary();
        if (done.isPresent()) {
            listener.message("%s: trained by an earlier process".formatted(work.name()));
            return done.get();
        }
        directory.create();
        Models.writeInitial(work.model(), work.settings(), images.dataSet(), seed, directory.initial());
        var student = Models.read(work.name(), directory.initial(), work.settings(), images.dataSet());
        Models.tellNotes(student, listener);
        PeakMemory.start();
        var progress = listener.training(work.name(), work.plan().epochs());
        var task = work.task(images, seed, student);
        Models.tellTrainingNotes(task.student(), listener);
        var result = Trainer.train(task, cache, directory.path(), progress, stopRequested);
        export(student.model(), result, directory);
        check.accept(directory.student());
        var summary = summary(work, student.model(), result, directory);
        directory.writeSummary(summary);
        listener.finished(summary);
        return summary;
    }

    private static void export(ClassifierModel model, TrainingResult result, RunDirectory directory) {
        // one may stand there, of a process that was killed before it had summed up
        StudentExport.write(
                model, result.checkpoint().bundle(), TrainingTask.STUDENT, directory.student(), Existing.REPLACE);
    }

    private RunSummary summary(Work work, ClassifierModel model, TrainingResult result, RunDirectory directory) {
        return new RunSummary(
                work.name(),
                work.model().text(),
                model.trainableParameters(),
                result.last().top1(),
                result.best().top1(),
                result.bestEpoch(),
                images.training().monitoredName(),
                ImmutableMap.copyOf(result.openRates()),
                result.steps(),
                result.seconds(),
                PeakMemory.mebibytes(),
                directory.student().toString());
    }
}
