package sckd.training;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import sckd.UserException;
import sckd.data.EpochOrder;
import sckd.training.Checkpoints.Checkpoint;

/** The loop: epochs of steps, an evaluation and a checkpoint after each. */
public final class Trainer {
    private final TrainingTask task;
    private final TrainingListener listener;
    private final BooleanSupplier stopRequested;
    private final Disk disk;
    private final TrainingSession session;
    private final EpochOrder order;
    private final long started = System.nanoTime();
    private final double earlierSeconds;
    private TrainingState state;

    /** Where a training keeps what it has done. */
    private record Disk(Checkpoints checkpoints, RunLogs logs) {}

    private Trainer(
            TrainingTask task,
            TrainingListener listener,
            BooleanSupplier stopRequested,
            Disk disk,
            TrainingSession session,
            TrainingState state) {
        this.task = task;
        this.listener = listener;
        this.stopRequested = stopRequested;
        this.disk = disk;
        this.session = session;
        this.order = new EpochOrder(task.data().train().size(), task.seed());
        this.earlierSeconds = state.seconds();
        this.state = state;
    }

    /**
     * Trains to the end of the plan.
     *
     * @param directory of the run, which exists; what it holds of an earlier training of the same task is continued, bit for bit
     * @param listener is told of a step when it is done, of an epoch when its checkpoint is written
     * @param stopRequested asked after every step; after the last of an epoch when its checkpoint is written
     * @throws TrainingStopped if a stop was requested; there is a checkpoint of that very step
     * @throws UserException if a loss, a gradient or a weight is not finite, or the directory cannot be read or written
     */
    public static TrainingResult train(
            TrainingTask task, Path directory, TrainingListener listener, BooleanSupplier stopRequested) {
        return train(task, TeacherCache.none(), directory, listener, stopRequested);
    }

    /** As above; teachers whose outputs can be kept are run once for all trainings that share the cache. */
    public static TrainingResult train(
            TrainingTask task,
            TeacherCache cache,
            Path directory,
            TrainingListener listener,
            BooleanSupplier stopRequested) {
        task.teachers().forEach(teacher -> teacher.heads().checkTrained(teacher));
        var checkpoints =
                new Checkpoints(directory.resolve("checkpoints"), task.plan().keepCheckpoints());
        var newest = checkpoints.findNewest();
        var state = newest.map(Checkpoint::state).orElse(TrainingState.START);
        try (var logs = RunLogs.open(directory, state);
                var session = new TrainingSession(task, cache.outputs(task))) {
            newest.ifPresent(session::restore);
            var disk = new Disk(checkpoints, logs);
            return new Trainer(task, listener, stopRequested, disk, session, state).train();
        }
    }

    /**
     * Builds the step of a training and runs nothing.
     *
     * @throws UserException if it cannot be trained: a layer is unknown, shapes do not fit, an op has no gradient
     */
    public static void check(TrainingTask task) {
        try (var graph = new Graph()) {
            StepGraph.build(Ops.create(graph), task, Map.of());
        }
    }

    private TrainingResult train() {
        while (state.epoch() <= task.plan().epochs()) {
            trainEpoch();
        }
        return result();
    }

    private void trainEpoch() {
        var batches = order.batches(state.epoch(), task.plan().batchSize());
        session.startEpoch(state.epoch(), batches.subList(state.stepInEpoch(), batches.size()));
        while (state.stepInEpoch() < batches.size()) {
            trainStep(batches.get(state.stepInEpoch()));
            // after the last step the epoch is ended first: its checkpoint is of that step too
            if (state.stepInEpoch() < batches.size() && stopRequested.getAsBoolean()) {
                checkWeights();
                throw new TrainingStopped(writeCheckpoint());
            }
        }
        var checkpoint = endEpoch();
        if (stopRequested.getAsBoolean()) {
            throw new TrainingStopped(checkpoint);
        }
    }

    private void trainStep(int[] samples) {
        var position = position(state.stepInEpoch());
        var record = session.step(samples, learningRate(position), position, state.step() + 1);
        checkFinite(record.step(), record.findNonFinite());
        state = state.afterStep(record, samples.length);
        disk.logs().steps().append(record);
        listener.step(record, state.runSums().images(), totalImages());
    }

    private Checkpoint endEpoch() {
        checkWeights();
        var record = EpochRecord.of(
                state, learningRate(position(0)), task.data().monitoredName(), session.evaluateMonitored(), seconds());
        state = state.afterEpoch(record.evaluation());
        disk.logs().epochs().append(record);
        var checkpoint = writeCheckpoint();
        listener.epoch(record);
        return checkpoint;
    }

    /** Just before a step of the epoch in progress. */
    private Schedule.Position position(int stepInEpoch) {
        int steps = EpochOrder.batchCount(order.images(), task.plan().batchSize());
        return new Schedule.Position(
                state.epoch() - 1, stepInEpoch, steps, task.plan().epochs());
    }

    private double learningRate(Schedule.Position position) {
        var plan = task.plan();
        return plan.optimizer().learningRate() * plan.schedule().factor(position);
    }

    private Checkpoint writeCheckpoint() {
        var logs = disk.logs();
        logs.force();
        state = state.written(logs.steps().bytes(), logs.epochs().bytes(), seconds());
        return disk.checkpoints().write(state, session::save);
    }

    /** Before weights are judged or saved. */
    private void checkWeights() {
        checkFinite(
                state.step(), session.findNonFinite().map(name -> "variable '%s' is no longer finite".formatted(name)));
    }

    /** The weights are spoilt by then: the run stops, and there is only its last checkpoint left. */
    private void checkFinite(long step, Optional<String> fault) {
        fault.ifPresent(what -> {
            var last = disk.checkpoints()
                    .findNewest()
                    .map(checkpoint -> checkpoint.directory().toString())
                    .orElse("none yet");
            throw new UserException(
                    "step %s (epoch %s): %s; last checkpoint: %s; lower learning-rate, or set clip-norm, and start anew"
                            .formatted(step, state.epoch(), what, last));
        });
    }

    private TrainingResult result() {
        var checkpoint = disk.checkpoints().findNewest().orElseThrow();
        var last = state.last();
        var best = state.best().evaluation();
        var validation = task.data().validation().map(images -> state.best().evaluation());
        if (task.data().validation().isPresent()) {
            last = session.evaluateTest();
            session.restore(disk.checkpoints().readBest(state));
            best = session.evaluateTest();
        }
        return new TrainingResult(
                checkpoint,
                last,
                best,
                state.best().epoch(),
                validation,
                state.runSums().openRates(),
                state.step(),
                state.seconds(),
                session.headVariables());
    }

    private long totalImages() {
        return (long) task.plan().epochs() * task.data().train().size();
    }

    private double seconds() {
        return earlierSeconds + (System.nanoTime() - started) / 1e9;
    }
}
