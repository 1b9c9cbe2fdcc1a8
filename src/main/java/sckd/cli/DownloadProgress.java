package sckd.cli;

import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Tells on standard error how far a download is: on a terminal as a bar, elsewhere as a line now and then. */
final class DownloadProgress implements LongConsumer, AutoCloseable {
    private static final double NANOS = 1e9;
    private static final double MEGABYTE = 1e6;

    private final PrintWriter err;
    private final String name;
    private final long total;
    private final boolean terminal;
    private final LongSupplier clock;
    private long first = -1;
    private long firstAt;
    private long lastLine;
    private ProgressBar bar;

    /** @param clock in nanoseconds */
    DownloadProgress(PrintWriter err, String name, long total, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.name = name;
        this.total = total;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public void accept(long bytes) {
        long now = clock.getAsLong();
        if (first < 0) {
            first = bytes; // what was there before says nothing of the rate
            firstAt = now;
            lastLine = now;
        }
        if (terminal) {
            draw(bytes);
        } else if (now - lastLine >= Terminal.LOG_INTERVAL.toNanos()) {
            lastLine = now;
            writeLine(bytes, (now - firstAt) / NANOS);
        }
    }

    private void writeLine(long bytes, double seconds) {
        double rate = (bytes - first) / seconds;
        long left = Math.round((total - bytes) / Math.max(1, rate));
        err.printf(
                Locale.ROOT,
                "%s  %d %%  %.1f of %.1f MB  %.1f MB/s  %d:%02d left%n",
                name,
                100 * bytes / total,
                bytes / MEGABYTE,
                total / MEGABYTE,
                rate / MEGABYTE,
                left / 60,
                left % 60);
        err.flush();
    }

    private void draw(long bytes) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUnit("MB", (long) MEGABYTE)
                    .showSpeed(new DecimalFormat("0.0"))
                    .clearDisplayOnFinish()
                    .setUpdateIntervalMillis(Terminal.DRAW_MILLISECONDS)
                    .build();
        }
        bar.stepTo(bytes);
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
