package sckd.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
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
        return terminal ? new Bar(stage, epochs) : new Lines(stage, epochs);
    }

    private void epochLine(String stage, int epochs, EpochRecord record) {
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

    /** On a terminal: a bar over the whole training, taken away while an epoch's line is printed. */
    private final class Bar implements TrainingListener {
        private final String stage;
        private final int epochs;
        private long started;
        private long first = -1;
        private ProgressBar bar;

        Bar(String stage, int epochs) {
            this.stage = stage;
            this.epochs = epochs;
        }

        @Override
        public void step(StepRecord record, long images, long total) {
            if (first < 0) { // the rate is that of the steps, not of what went before them
                first = images;
                started = clock.getAsLong();
            }
            if (bar == null) {
                bar = open(images, total);
            }
            bar.stepTo(images - first);
            bar.setExtraMessage(String.format(Locale.ROOT, " loss %.3f", record.supervisedLoss()));
        }

        @Override
        public void epoch(EpochRecord record) {
            if (bar != null) {
                bar.close();
                bar = null;
            }
            epochLine(stage, epochs, record);
        }

        private ProgressBar open(long images, long total) {
            return new ProgressBarBuilder()
                    .setTaskName(stage)
                    .setInitialMax(total - first)
                    .startsFrom(images - first, Duration.ofNanos(clock.getAsLong() - started))
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUnit("", 1) // in 80 columns the words would leave no room for the bar
                    .showSpeed(new DecimalFormat("0 images"))
                    .clearDisplayOnFinish()
                    .setUpdateIntervalMillis(Terminal.DRAW_MILLISECONDS)
                    .build();
        }
    }

    /** In a pipe or a file: no control characters. */
    private final class Lines implements TrainingListener {
        private final String stage;
        private final int epochs;
        private long started;
        private long first = -1;
        private long lastLine;

        Lines(String stage, int epochs) {
            this.stage = stage;
            this.epochs = epochs;
        }

        @Override
        public void step(StepRecord record, long images, long total) {
            long now = clock.getAsLong();
            if (first < 0) { // the rate is that of the steps, not of what went before them
                first = images;
                started = now;
                lastLine = now;
            }
            if (now - lastLine < Terminal.LOG_INTERVAL.toNanos()) {
                return;
            }
            lastLine = now;
            double rate = (images - first) / ((now - started) / 1e9);
            long left = Math.round((total - images) / rate);
            err.printf(
                    Locale.ROOT,
                    "%s  epoch %d/%d  %d %%  %.0f images/s  %d:%02d left  loss %.3f%n",
                    stage,
                    record.epoch(),
                    epochs,
                    100 * images / total,
                    rate,
                    left / 60,
                    left % 60,
                    record.supervisedLoss());
        }

        @Override
        public void epoch(EpochRecord record) {
            epochLine(stage, epochs, record);
        }
    }
}
