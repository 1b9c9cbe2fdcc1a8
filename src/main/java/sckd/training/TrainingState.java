package sckd.training;

/**
 * Where a training is, beside its variables: {@code state.json} of a checkpoint.
 *
 * @param epoch from 1, the one in progress; one more than the last when all are done
 * @param stepInEpoch steps of it that are done
 * @param step steps done over the whole training
 * @param epochSums over the epoch in progress
 * @param runSums over the whole training
 * @param best null before the first epoch has ended
 * @param last evaluation of the last whole epoch; null likewise
 * @param stepLogBytes length of {@code steps.jsonl}; what lies behind is of steps that a resume does again
 * @param epochLogBytes length of {@code epochs.jsonl}
 * @param seconds that training took
 */
public record TrainingState(
        int epoch,
        int stepInEpoch,
        long step,
        StepSums epochSums,
        StepSums runSums,
        BestEpoch best,
        EvaluationResult last,
        long stepLogBytes,
        long epochLogBytes,
        double seconds) {
    static final TrainingState START = new TrainingState(1, 0, 0, StepSums.NONE, StepSums.NONE, null, null, 0, 0, 0);

    TrainingState afterStep(StepRecord record, int batch) {
        return new TrainingState(
                epoch,
                stepInEpoch + 1,
                step + 1,
                epochSums.plus(record, batch),
                runSums.plus(record, batch),
                best,
                last,
                stepLogBytes,
                epochLogBytes,
                seconds);
    }

    TrainingState afterEpoch(EvaluationResult evaluation) {
        boolean better = best == null || evaluation.top1() > best.evaluation().top1();
        return new TrainingState(
                epoch + 1,
                0,
                step,
                StepSums.NONE,
                runSums,
                better ? new BestEpoch(epoch, step, evaluation) : best,
                evaluation,
                stepLogBytes,
                epochLogBytes,
                seconds);
    }

    TrainingState written(long stepLogBytes, long epochLogBytes, double seconds) {
        return new TrainingState(
                epoch, stepInEpoch, step, epochSums, runSums, best, last, stepLogBytes, epochLogBytes, seconds);
    }
}
