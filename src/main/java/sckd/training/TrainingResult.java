package sckd.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import sckd.training.Checkpoints.Checkpoint;

/**
 * What a training came to.
 *
 * @param checkpoint the last
 * @param last on the test images, with the last weights
 * @param best on the test images: with the weights of the epoch that was best on the validation images, or, where there are none, the best
 *     epoch on the test images themselves
 * @param validation of the best epoch, on the validation images
 * @param openRates mean γ over all steps, by loss
 * @param heads names of the variables of the student's heads, which the checkpoint holds
 */
public record TrainingResult(
        Checkpoint checkpoint,
        EvaluationResult last,
        EvaluationResult best,
        int bestEpoch,
        Optional<EvaluationResult> validation,
        Map<String, Double> openRates,
        long steps,
        double seconds,
        List<String> heads) {}
