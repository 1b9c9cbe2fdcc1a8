package sckd.experiment;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import sckd.UserException;
import sckd.data.Normalization;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.files.AtomicDirectory;
import sckd.files.IoReason;
import sckd.report.RunSummary;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.StudentExport;
import sckd.training.NamedModel;
import sckd.training.Trainer;
import sckd.training.TrainingPlan;
import sckd.training.TrainingResult;
import sckd.training.TrainingTask;

/** One training of an experiment, from the untrained model to the exported one: a teacher or a method's student. */
final class Stage {
    private final Images images;
    private final long seed;
    private final RunListener listener;
    private final BooleanSupplier stopRequested;

    Stage(Images images, long seed, RunListener listener, BooleanSupplier stopRequested) {
        this.images = images;
        this.seed = seed;
        this.listener = listener;
        this.stopRequested = stopRequested;
    }

    /** What is trained, and with what. */
    record Work(
            String name,
            ModelSource model,
            Optional<Normalization> input,
            Optional<Float> batchNormMomentum,
            List<NamedModel> teachers,
            float supervisedWeight,
            List<DistillationTerm> losses,
            Gate gate,
            TrainingPlan plan) {}

    /** Trains, exports and sums up; what an earlier process did of it is continued, and not done again if it ended. */
    RunSummary run(Work work, RunDirectory directory) {
        var done = directory.findSummary();
        if (done.isPresent()) {
            return done.get();
        }
        directory.create();
        Models.writeInitial(work.model(), images.dataSet(), seed, directory.initial());
        var student = readStudent(work, directory);
        var task = new TrainingTask(
                seed,
                images.training(),
                student,
                work.teachers(),
                work.supervisedWeight(),
                work.losses(),
                work.gate(),
                work.plan());
        var progress = listener.training(work.name(), work.plan().epochs());
        var result = Trainer.train(task, directory.path(), progress, stopRequested);
        export(student.model(), result, directory);
        var summary = summary(work, student.model(), result, directory);
        directory.writeSummary(summary);
        listener.finished(summary);
        return summary;
    }

    private NamedModel readStudent(Work work, RunDirectory directory) {
        var student = Models.read(work.name(), directory.initial(), work.input(), images.dataSet(), listener);
        return work.batchNormMomentum()
                .map(momentum -> new NamedModel(
                        student.name(), student.model().withBatchNormMomentum(momentum), student.input()))
                .orElse(student);
    }

    private static void export(ClassifierModel model, TrainingResult result, RunDirectory directory) {
        try {
            AtomicDirectory.delete(directory.student()); // of a process that was killed before it had verified it
        } catch (IOException e) {
            throw new UserException("%s: cannot be replaced: %s".formatted(directory.student(), IoReason.of(e)), e);
        }
        StudentExport.write(model, result.checkpoint().bundle(), TrainingTask.STUDENT, directory.student());
    }

    private RunSummary summary(Work work, ClassifierModel model, TrainingResult result, RunDirectory directory) {
        return new RunSummary(
                work.name(),
                work.model().text(),
                model.trainableParameters(),
                result.last().top1(),
                result.best().top1(),
                result.bestEpoch(),
                images.training().validation().isPresent() ? "validation" : "test",
                ImmutableMap.copyOf(result.openRates()),
                result.steps(),
                result.seconds(),
                directory.student().toString());
    }
}
