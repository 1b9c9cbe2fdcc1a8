package sckd.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Tells on standard error how far a download is: on a terminal as a bar, elsewhere as a line now and then. */
final class DownloadProgress implements LongConsumer, AutoCloseable {
    private static final double MEGABYTE = 1e6;

    private final PrintWriter err;
    private final String name;
    private final long total;
    private final Progress progress;

    /** @param clock in nanoseconds */
    DownloadProgress(PrintWriter err, String name, long total, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.name = name;
        this.total = total;
        progress = new Progress(new Progress.Look(name, "MB", (long) MEGABYTE, "0.0"), terminal, clock);
    }

    @Override
    public void accept(long bytes) {
        progress.report(bytes, total).ifPresent(pace -> writeLine(bytes, pace));
    }

    private void writeLine(long bytes, Progress.Pace pace) {
        err.printf(
                Locale.ROOT,
                "%s  %d %%  %.1f of %.1f MB  %.1f MB/s  %s left%n",
                name,
                100 * bytes / total,
                bytes / MEGABYTE,
                total / MEGABYTE,
                pace.perSecond() / MEGABYTE,
                pace.left());
        err.flush();
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        progress.close();
    }
}
