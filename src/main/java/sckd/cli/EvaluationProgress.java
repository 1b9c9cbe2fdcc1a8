package sckd.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Tells on standard error how far an evaluation is, on a terminal as a bar, elsewhere as a line now and then; and measures its rate. The first
 * batch is left out of the rate: it waits for TensorFlow to optimise the graph.
 */
final class EvaluationProgress implements IntConsumer, AutoCloseable {
    private final PrintWriter err;
    private final int total;
    private final Progress progress;

    /** @param clock in nanoseconds */
    EvaluationProgress(PrintWriter err, int total, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.total = total;
        progress = new Progress(Progress.Look.ofImages("evaluate"), terminal, clock);
    }

    @Override
    public void accept(int images) {
        progress.report(images, total).ifPresent(pace -> writeLine(images, pace));
    }

    private void writeLine(int images, Progress.Pace pace) {
        err.printf(
                Locale.ROOT,
                "evaluate  %d %%  %.0f images/s  %s left%n",
                100L * images / total,
                pace.perSecond(),
                pace.left());
        err.flush();
    }

    /** Of all batches but the first; of the first, its start included, where there is no other. */
    double imagesPerSecond() {
        return progress.perSecond();
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        progress.close();
    }
}
