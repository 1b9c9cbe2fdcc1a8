package sckd.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import sckd.experiment.RunListener;
import sckd.report.RunSummary;
import sckd.training.EpochRecord;
import sckd.training.StepRecord;
import sckd.training.TrainingListener;

/**
 * Tells on standard error what a run does: on a terminal a bar with rate and time left, elsewhere the same as a line now and then; a line for each
 * epoch.
 */
final class ConsoleProgress implements RunListener {
    private final PrintStream err;
    private final boolean terminal;
    private final LongSupplier clock;

    ConsoleProgress(PrintStream err) {
        this(err, Terminal.isStandardError(), System::nanoTime);
    }

    /** @param clock in nanoseconds */
    ConsoleProgress(PrintStream err, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public void message(String line) {
        err.println(line);
    }

    @Override
    public void finished(RunSummary summary) {
        err.printf(
                Locale.ROOT,
                "%s: %.2f %% on the test images after %.0f s%n",
                summary.name(),
                100 * summary.last(),
                summary.seconds());
    }

    @Override
    public TrainingListener training(String stage, int epochs) {
        return new Training(stage, epochs);
    }

    /** One training: a bar over the whole of it, taken away while an epoch's line is printed; in a pipe or a file a line now and then. */
    private final class Training implements TrainingListener {
        private final String stage;
        private final int epochs;
        private final Progress progress;

        Training(String stage, int epochs) {
            this.stage = stage;
            this.epochs = epochs;
            progress = new Progress(Progress.Look.ofImages(stage), terminal, clock);
        }

        @Override
        public void step(StepRecord record, long images, long total) {
            progress.report(images, total).ifPresent(pace -> stepLine(record, 100 * images / total, pace));
            progress.note(String.format(Locale.ROOT, " loss %.3f", record.supervisedLoss()));
        }

        private void stepLine(StepRecord record, long percent, Progress.Pace pace) {
            err.printf(
                    Locale.ROOT,
                    "%s  epoch %d/%d  %d %%  %.0f images/s  %s left  loss %.3f%n",
                    stage,
                    record.epoch(),
                    epochs,
                    percent,
                    pace.perSecond(),
                    pace.left(),
                    record.supervisedLoss());
        }

        @Override
        public void epoch(EpochRecord record) {
            progress.close();
            var open = new StringBuilder();
            record.openRates()
                    .forEach((loss, rate) -> open.append(String.format(Locale.ROOT, "  %s open %.2f", loss, rate)));
            err.printf(
                    Locale.ROOT,
                    "%s  epoch %d/%d  loss %.3f  train %.2f %%  %s %.2f %%%s%n",
                    stage,
                    record.epoch(),
                    epochs,
                    record.trainLoss(),
                    100 * record.trainAccuracy(),
                    record.evaluatedOn(),
                    100 * record.evaluation().top1(),
                    open);
        }
    }
}
