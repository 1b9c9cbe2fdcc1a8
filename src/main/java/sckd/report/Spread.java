package sckd.report;

import com.google.common.math.Stats;
import java.util.List;
import java.util.Locale;

/**
 * Several runs' figures as one.
 *
 * @param std with n − 1; 0 of a single run, which tells nothing
 */
public record Spread(double mean, double std, int runs) {
    static Spread of(List<Double> figures) {
        var stats = Stats.of(figures);
        return new Spread(
                stats.mean(), stats.count() < 2 ? 0 : stats.sampleStandardDeviation(), Math.toIntExact(stats.count()));
    }

    /** Of a share, in percent: {@code 66.52 ± 0.21}. */
    String percent() {
        var mean100 = String.format(Locale.ROOT, "%.2f", 100 * mean);
        return runs < 2 ? mean100 : mean100 + String.format(Locale.ROOT, " ± %.2f", 100 * std);
    }
}
