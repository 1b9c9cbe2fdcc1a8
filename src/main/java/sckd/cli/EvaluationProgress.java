package sckd.cli;

import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Tells on standard error how far an evaluation is, on a terminal as a bar, elsewhere as a line now and then; and measures its rate. The first
 * batch is left out of the rate: it waits for TensorFlow to optimise the graph.
 */
final class EvaluationProgress implements IntConsumer, AutoCloseable {
    private static final double NANOS = 1e9;

    private final PrintWriter err;
    private final int total;
    private final boolean terminal;
    private final LongSupplier clock;
    private final long started;

    private int first;
    private int judged;
    private long firstAt;
    private long lastAt;
    private long lastLine;
    private ProgressBar bar;

    /** @param clock in nanoseconds */
    EvaluationProgress(PrintWriter err, int total, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.total = total;
        this.terminal = terminal;
        this.clock = clock;
        started = clock.getAsLong();
        lastLine = started;
    }

    @Override
    public void accept(int images) {
        judged = images;
        lastAt = clock.getAsLong();
        if (first == 0) {
            first = images;
            firstAt = lastAt;
        }
        if (terminal) {
            draw();
        } else if (lastAt - lastLine >= Terminal.LOG_INTERVAL.toNanos() && judged > first) {
            lastLine = lastAt;
            writeLine();
        }
    }

    /** Of all batches but the first; of the first, its start included, where there is no other. */
    double imagesPerSecond() {
        return judged > first
                ? (judged - first) / ((lastAt - firstAt) / NANOS)
                : judged / (Math.max(1, lastAt - started) / NANOS);
    }

    private void writeLine() {
        long left = Math.round((total - judged) / imagesPerSecond());
        err.printf(
                Locale.ROOT,
                "evaluate  %d %%  %.0f images/s  %d:%02d left%n",
                100L * judged / total,
                imagesPerSecond(),
                left / 60,
                left % 60);
        err.flush();
    }

    private void draw() {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("evaluate")
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUnit("", 1)
                    .showSpeed(new DecimalFormat("0 images"))
                    .clearDisplayOnFinish()
                    .setUpdateIntervalMillis(Terminal.DRAW_MILLISECONDS)
                    .build();
        }
        bar.stepTo(judged);
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
