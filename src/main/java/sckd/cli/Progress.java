package sckd.cli;

import java.text.DecimalFormat;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far something is: on a terminal a bar with rate and time left; elsewhere it says when a line of them is due. The rate is that of what comes after the
 * first report: what is there by then, and what was waited for before, say nothing of it.
 */
final class Progress implements AutoCloseable {
    private static final double NANOS = 1e9;

    private final Look look;
    private final boolean terminal;
    private final LongSupplier clock;
    private final long created;

    private long first = -1;
    private long firstAt;
    private long done;
    private long doneAt;
    private long lastLine;
    private ProgressBar bar;

    /**
     * How a bar looks.
     *
     * @param unit behind the counts
     * @param unitSize what counts as one
     * @param rate format of the rate, with words
     */
    record Look(String name, String unit, long unitSize, String rate) {
        static Look ofImages(String name) {
            return new Look(name, "", 1, "0 images"); // in 80 columns more words would leave no room for the bar
        }
    }

    /** How fast it goes, and how long the rest takes at that. */
    record Pace(double perSecond, long secondsLeft) {
        /** Minutes and seconds: {@code 1:05}. */
        String left() {
            return String.format(Locale.ROOT, "%d:%02d", secondsLeft / 60, secondsLeft % 60);
        }
    }

    /** @param clock in nanoseconds */
    Progress(Look look, boolean terminal, LongSupplier clock) {
        this.look = look;
        this.terminal = terminal;
        this.clock = clock;
        created = clock.getAsLong();
    }

    /**
     * Reports how much is done, and draws the bar where there is a terminal.
     *
     * @return what a line is to tell, where one is due
     */
    Optional<Pace> report(long amount, long total) {
        done = amount;
        doneAt = clock.getAsLong();
        if (first < 0) {
            first = done;
            firstAt = doneAt;
            lastLine = doneAt;
        }
        if (terminal) {
            draw(total);
            return Optional.empty();
        }
        if (doneAt - lastLine < Terminal.LOG_INTERVAL.toNanos()) {
            return Optional.empty();
        }
        lastLine = doneAt;
        return Optional.of(new Pace(perSecond(), Math.round((total - done) / perSecond())));
    }

    /** Of all but the first report; of all, from the beginning, where there is no more than that. */
    double perSecond() {
        return done > first
                ? (done - first) / ((doneAt - firstAt) / NANOS)
                : done / (Math.max(1, doneAt - created) / NANOS);
    }

    /** Writes a text behind the bar, where there is one. */
    void note(String text) {
        if (bar != null) {
            bar.setExtraMessage(text);
        }
    }

    private void draw(long total) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName(look.name())
                    .setInitialMax(total)
                    .startsFrom(done, Duration.ofNanos(doneAt - firstAt))
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUnit(look.unit(), look.unitSize())
                    .showSpeed(new DecimalFormat(look.rate()))
                    .clearDisplayOnFinish()
                    .setUpdateIntervalMillis(Terminal.DRAW_MILLISECONDS)
                    .build();
        }
        bar.stepTo(done);
    }

    /** Takes the bar away; the next report brings it back. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
