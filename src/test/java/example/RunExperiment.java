package example;

import java.nio.file.Path;
import java.util.List;
import sckd.experiment.ExperimentFile;
import sckd.experiment.ExperimentRun;
import sckd.experiment.RunDirectory;
import sckd.experiment.RunListener;
import sckd.report.RunSummary;
import sckd.training.EpochRecord;
import sckd.training.StepRecord;
import sckd.training.TrainingListener;

/** Runs an experiment file into a directory, or goes on where an earlier process stopped. */
public final class RunExperiment implements RunListener {
    public static void main(String[] arguments) {
        var experiment = ExperimentFile.read(arguments[0], List.of("seed=7")); // overrides, as after --set
        var directory = new RunDirectory(Path.of(arguments[1]));
        for (var row : ExperimentRun.run(experiment, directory, new RunExperiment(), () -> false)) {
            System.out.printf("%s: %.2f %% on the test images, in %s%n", row.name(), 100 * row.last(), row.directory());
        }
    }

    @Override
    public void message(String line) {
        System.err.println(line);
    }

    @Override
    public TrainingListener training(String stage, int epochs) {
        return new TrainingListener() {
            @Override
            public void step(StepRecord record, long images, long total) {}

            @Override
            public void epoch(EpochRecord record) {
                System.err.printf("%s, epoch %d: %s%n", stage, record.epoch(), record.evaluation());
            }
        };
    }

    @Override
    public void finished(RunSummary summary) {}
}
