package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = 5;
    private final Progress progress = new Progress(Progress.Look.ofImages("task"), false, () -> now);

    @Test
    void aLineIsDueEveryTenSecondsAndItsRateIsWithoutWhatWasThereBefore() {
        now += 60 * SECOND;
        assertThat(progress.report(500, 1000)).isEmpty();
        now += 10 * SECOND - 1;
        assertThat(progress.report(600, 1000)).isEmpty();
        now += 1;
        assertThat(progress.report(700, 1000)).contains(new Progress.Pace(200 / 10.0, 300 / 20));
        now += 9 * SECOND;
        assertThat(progress.report(900, 1000)).isEmpty();
        now += SECOND;
        assertThat(progress.report(900, 1000)).contains(new Progress.Pace(400 / 20.0, 100 / 20));
    }

    @Test
    void aSingleReportHasTheRateFromTheBeginning() {
        now += 4 * SECOND;
        progress.report(100, 100);
        assertThat(progress.perSecond()).isEqualTo(100 / 4.0);
    }

    /** A server that cannot go on in the middle sends a download again from its start. */
    @Test
    void whatBeginsAgainHasTheRateFromTheBeginning() {
        progress.report(500, 1000);
        now += 10 * SECOND;
        assertThat(progress.report(100, 1000)).isEqualTo(Optional.of(new Progress.Pace(100 / 10.0, 900 / 10)));
    }

    @Test
    void theTimeLeftIsInMinutesAndSeconds() {
        assertThat(new Progress.Pace(1, 5).left()).isEqualTo("0:05");
        assertThat(new Progress.Pace(1, 4000).left()).isEqualTo("66:40");
    }
}
