package sckd.training;

import java.util.Map;

/**
 * An epoch: a line of {@code epochs.jsonl}.
 *
 * @param epoch from 1
 * @param steps done so far over the whole training
 * @param learningRate of the epoch's first step
 * @param trainLoss mean supervised loss over the epoch's images
 * @param trainAccuracy over the epoch's images, as they were seen
 * @param openRates share of steps of this epoch with an open gate (mean γ), by loss
 * @param evaluatedOn {@code validation}, or {@code test} where no images are held out
 * @param evaluation on those images, after the epoch
 * @param seconds that training took so far, evaluation included; the one field that two equal runs do not share
 */
public record EpochRecord(
        int epoch,
        long steps,
        double learningRate,
        double trainLoss,
        double trainAccuracy,
        Map<String, Double> openRates,
        String evaluatedOn,
        EvaluationResult evaluation,
        double seconds) {
    /** Of the epoch in progress, all of whose steps are done. */
    static EpochRecord of(
            TrainingState state, double learningRate, String evaluatedOn, EvaluationResult evaluation, double seconds) {
        var sums = state.epochSums();
        return new EpochRecord(
                state.epoch(),
                state.step(),
                learningRate,
                sums.meanLoss(),
                sums.accuracy(),
                sums.openRates(),
                evaluatedOn,
                evaluation,
                seconds);
    }
}
