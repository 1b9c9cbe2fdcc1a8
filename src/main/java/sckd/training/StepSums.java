package sckd.training;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums over steps, kept in checkpoints so that a resumed epoch reports what an uninterrupted one does.
 *
 * @param loss supervised, summed over images
 * @param hits images whose label had the largest logit
 * @param gates γ summed over steps, by loss
 */
public record StepSums(long steps, long images, double loss, long hits, Map<String, Double> gates) {
    static final StepSums NONE = new StepSums(0, 0, 0, 0, Map.of());

    StepSums plus(StepRecord record, int batch) {
        var sums = new LinkedHashMap<String, Double>();
        record.losses().forEach(loss -> sums.put(loss.name(), gates.getOrDefault(loss.name(), 0.0) + loss.gate()));
        return new StepSums(
                steps + 1,
                images + batch,
                loss + (double) record.supervisedLoss() * batch,
                hits + Math.round((double) record.accuracy() * batch),
                sums);
    }

    double meanLoss() {
        return loss / images;
    }

    double accuracy() {
        return (double) hits / images;
    }

    /** Mean γ by loss, in the order of the losses. */
    Map<String, Double> openRates() {
        var rates = new LinkedHashMap<String, Double>();
        gates.forEach((name, sum) -> rates.put(name, sum / steps));
        return rates;
    }
}
