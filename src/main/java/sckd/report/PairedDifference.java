package sckd.report;

import com.google.common.math.Stats;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How much one method is above another, run by run with the same seed: the mean of the differences and its 95 % interval by Student's t with n − 1 degrees of
 * freedom.
 *
 * @param low and {@code high}: of the interval; null of a single pair, which has none
 */
public record PairedDifference(double mean, Double low, Double high, int pairs) {
    private static final double LEVEL = 0.95;

    static PairedDifference of(List<Double> differences) {
        var stats = Stats.of(differences);
        int n = differences.size();
        if (n < 2) {
            return new PairedDifference(stats.mean(), null, null, n);
        }
        double quantile = TDistribution.of(n - 1).inverseCumulativeProbability((1 + LEVEL) / 2);
        double half = quantile * stats.sampleStandardDeviation() / Math.sqrt(n);
        return new PairedDifference(stats.mean(), stats.mean() - half, stats.mean() + half, n);
    }

    /** Whether the interval holds 0, or there is none: nothing can be claimed. */
    public boolean isWithinNoise() {
        return low == null || (low <= 0 && high >= 0);
    }

    /** Of shares, in points: {@code +0.71 [0.35, 1.07]}, and {@code ~} where it is within noise. */
    String points() {
        var text = String.format(Locale.ROOT, "%+.2f", 100 * mean);
        var interval = low == null ? "" : String.format(Locale.ROOT, " [%.2f, %.2f]", 100 * low, 100 * high);
        return text + interval + (isWithinNoise() ? " ~" : "");
    }
}
