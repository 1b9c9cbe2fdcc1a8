package sckd.report;

import java.util.Map;

/**
 * A method of a comparison over its seeds.
 *
 * @param last top-1 on the test images with the last weights
 * @param best of the epoch that validation chose; null where no images are held out: chosen on the test images it would be none
 * @param difference to the baseline, of {@code best} where there is one, else of {@code last}; null for the baseline itself, for teachers and for what it has no pair of
 * @param seconds mean of a run
 * @param peakMemoryMebibytes largest resident memory of any run; 0 where the system does not tell
 * @param openRates mean γ, by loss
 */
public record ComparisonRow(
        String name,
        String model,
        long parameters,
        Spread last,
        Spread best,
        PairedDifference difference,
        double seconds,
        long peakMemoryMebibytes,
        Map<String, Double> openRates) {}
