package sckd.training;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import sckd.UserException;
import sckd.data.EpochOrder;
import sckd.training.Checkpoints.Checkpoint;

/** The loop: epochs of steps, an evaluation and a checkpoint after each. */
public final class Trainer {
    private final TrainingTask task;
    private final TrainingListener listener;
    private final BooleanSupplier stopRequested;
    private final EpochOrder order;
    private final Checkpoints checkpoints;
    private final TrainingSession session;
    private final JsonLines stepLog;
    private final JsonLines epochLog;
    private final long started = System.nanoTime();
    private final double earlierSeconds;
    private TrainingState state;

    private Trainer(
            TrainingTask task,
            TrainingListener listener,
            BooleanSupplier stopRequested,
            Checkpoints checkpoints,
            TrainingSession session,
            JsonLines stepLog,
            JsonLines epochLog,
            TrainingState state) {
        this.task = task;
        this.listener = listener;
        this.stopRequested = stopRequested;
        this.order = new EpochOrder(task.data().train().size(), task.seed());
        this.checkpoints = checkpoints;
        this.session = session;
        this.stepLog = stepLog;
        this.epochLog = epochLog;
        this.earlierSeconds = state.seconds();
        this.state = state;
    }

    /**
     * Trains to the end of the plan.
     *
     * @param directory of the run; what it holds of an earlier training of the same task is continued, bit for bit
     * @param stopRequested asked after every step
     * @throws TrainingStopped if a stop was requested; a checkpoint of that step is written
     * @throws UserException if a loss or gradient is not finite
     */
    public static TrainingResult train(
            TrainingTask task, Path directory, TrainingListener listener, BooleanSupplier stopRequested) {
        var checkpoints =
                new Checkpoints(directory.resolve("checkpoints"), task.plan().keepCheckpoints());
        var newest = checkpoints.findNewest();
        var state = newest.map(Checkpoint::state).orElse(TrainingState.START);
        try (var session = new TrainingSession(task);
                var stepLog = JsonLines.open(directory.resolve("steps.jsonl"), state.stepLogBytes());
                var epochLog = JsonLines.open(directory.resolve("epochs.jsonl"), state.epochLogBytes())) {
            newest.ifPresent(checkpoint -> session.restore(checkpoint.bundle()));
            var trainer = new Trainer(task, listener, stopRequested, checkpoints, session, stepLog, epochLog, state);
            while (trainer.state.epoch() <= task.plan().epochs()) {
                trainer.trainEpoch();
            }
            return trainer.result();
        }
    }

    private void trainEpoch() {
        int epoch = state.epoch();
        var batches = order.batches(epoch, task.plan().batchSize());
        session.startEpoch(epoch);
        while (state.stepInEpoch() < batches.size()) {
            var samples = batches.get(state.stepInEpoch());
            double rate = learningRate(epoch - 1 + (double) state.stepInEpoch() / batches.size());
            var record = session.step(samples, rate, epoch, state.step() + 1);
            checkFinite(record);
            state = state.afterStep(record, samples.length);
            stepLog.append(record);
            listener.step(record, state.runSums().images(), totalImages());
            if (stopRequested.getAsBoolean()) {
                throw new TrainingStopped(writeCheckpoint().directory(), state.step());
            }
        }
        endEpoch(epoch);
    }

    private void endEpoch(int epoch) {
        var sums = state.epochSums();
        state = state.afterEpoch(session.evaluateMonitored());
        var record = new EpochRecord(
                epoch,
                state.step(),
                learningRate(epoch - 1),
                sums.meanLoss(),
                sums.accuracy(),
                sums.openRates(),
                state.last(),
                seconds());
        epochLog.append(record);
        writeCheckpoint();
        listener.epoch(record);
    }

    private double learningRate(double progress) {
        var plan = task.plan();
        return plan.optimizer().learningRate() * plan.schedule().factor(progress, plan.epochs());
    }

    private Checkpoint writeCheckpoint() {
        stepLog.force();
        epochLog.force();
        state = state.written(stepLog.bytes(), epochLog.bytes(), seconds());
        return checkpoints.write(state, session::save);
    }

    /** The weights are spoilt by then: the run stops, and goes on from its last checkpoint if at all. */
    private void checkFinite(StepRecord record) {
        record.findNonFinite().ifPresent(what -> {
            var last = checkpoints
                    .findNewest()
                    .map(checkpoint -> checkpoint.directory().toString())
                    .orElse("none yet");
            throw new UserException(
                    ("step %s (epoch %s): %s; last checkpoint: %s; lower training.optimizer.learning-rate, or set "
                                    + "training.clip-norm")
                            .formatted(record.step(), record.epoch(), what, last));
        });
    }

    private TrainingResult result() {
        var checkpoint = checkpoints.findNewest().orElseThrow();
        var last = state.last();
        var best = state.best().evaluation();
        if (task.data().validation().isPresent()) {
            last = session.evaluateTest();
            session.restore(checkpoints.readBest(state).bundle());
            best = session.evaluateTest();
            session.restore(checkpoint.bundle());
        }
        return new TrainingResult(
                checkpoint,
                last,
                best,
                state.best().epoch(),
                state.runSums().openRates(),
                state.step(),
                state.seconds());
    }

    private long totalImages() {
        return (long) task.plan().epochs() * task.data().train().size();
    }

    private double seconds() {
        return earlierSeconds + (System.nanoTime() - started) / 1e9;
    }
}
