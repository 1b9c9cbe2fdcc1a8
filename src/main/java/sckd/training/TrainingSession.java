package sckd.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import sckd.data.LabelledImages;
import sckd.graph.SessionRuns;
import sckd.graph.TensorFlowReason;
import sckd.graph.Variable;
import sckd.graph.VariableBundle;
import sckd.savedmodel.ModelInstance;
import sckd.training.Checkpoints.Checkpoint;

/** A training's graph and session: the step, the evaluation of the student, its checkpoints. */
final class TrainingSession implements AutoCloseable {
    private final TrainingData data;
    private final Graph graph;
    private final Session session;
    private final StepGraph step;
    private final EvaluationGraph monitored;
    private final Optional<EvaluationGraph> test;
    private final VariableBundle bundle;
    private final FiniteCheck finite;
    /** Of the teachers whose outputs are kept; 0: none yet. */
    private int loadedView;

    /**
     * Builds the graph and sets every variable to its first value.
     *
     * @param kept outputs of teachers that need not be run, by name
     */
    TrainingSession(TrainingTask task, Map<String, TeacherOutputs> kept) {
        data = task.data();
        graph = new Graph();
        try {
            var tf = Ops.create(graph);
            step = StepGraph.build(tf, task, kept);
            monitored = buildEvaluation(tf, task, "monitored", task.data().monitored());
            test = task.data()
                    .validation()
                    .map(images -> buildEvaluation(tf, task, "test", task.data().test()));
            bundle = VariableBundle.build(tf.withSubScope("checkpoint"), step.saved(), step.states());
            finite = FiniteCheck.build(tf.withSubScope("finite"), step.saved());
            session = Evaluation.openSession(graph);
        } catch (RuntimeException | Error e) {
            graph.close();
            throw e;
        }
        try {
            SessionRuns.run(session, step.initialize());
            step.images().load(session);
            monitored.images().load(session);
            test.ifPresent(evaluation -> evaluation.images().load(session));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private EvaluationGraph buildEvaluation(Ops tf, TrainingTask task, String name, LabelledImages images) {
        var scope = tf.withSubScope(name);
        return EvaluationGraph.build(
                scope,
                name + "-images",
                images,
                task.student().model().fixedBatch(),
                pixels -> buildLogits(scope, task, name, pixels));
    }

    private Operand<TFloat32> buildLogits(Ops tf, TrainingTask task, String name, Operand<TFloat32> pixels) {
        var student = task.student();
        var instance = ModelInstance.buildInference(
                tf, name + "-student", student.model(), step.student(), student.buildInput(tf, pixels), List.of());
        return student.buildInOrder(tf, instance).logits();
    }

    /** @param batches of the epoch that are still to come, in their order */
    void startEpoch(int epoch, List<int[]> batches) {
        int draws = data.drawsOf(epoch);
        step.images().startEpoch(session, draws);
        step.images().expect(batches);
        int view = data.augmentations().isEmpty() ? 1 : draws;
        if (view != loadedView) {
            step.cached().forEach(teacher -> teacher.load(session, view - 1));
            loadedView = view;
        }
    }

    /**
     * One {@code session.run}: the whole step.
     *
     * @param position just before it
     * @param number from 1, over the whole training
     */
    StepRecord step(int[] samples, double learningRate, Schedule.Position position, long number) {
        var runner = session.runner();
        try (var fed = step.images().feed(runner, step.indices(), samples);
                var rate = TFloat32.scalarOf((float) learningRate);
                var clockStep = TInt64.scalarOf(number);
                var clockEpoch = TFloat32.scalarOf((float) position.before());
                var result = runner.feed(step.learningRate(), rate)
                        .feed(step.clock().step(), clockStep)
                        .feed(step.clock().epoch(), clockEpoch)
                        .addTarget(step.update())
                        .fetch(step.measurements().packed())
                        .run()) {
            return step.measurements().read((TFloat32) result.get(0), position.epoch() + 1, number, learningRate);
        }
    }

    EvaluationResult evaluateMonitored() {
        return monitored.run(session);
    }

    EvaluationResult evaluateTest() {
        return test.orElse(monitored).run(session);
    }

    /** Names of the variables of the student's heads. */
    List<String> headVariables() {
        return step.heads().stream().map(Variable::name).toList();
    }

    /** The first variable of those that a checkpoint holds that is not finite. */
    Optional<String> findNonFinite() {
        return finite.findNonFinite(session);
    }

    /**
     * Writes the variables as a tensor bundle.
     *
     * @throws UncheckedIOException if the disk does not take it
     */
    void save(Path prefix) {
        try {
            bundle.save(session, prefix);
        } catch (RuntimeException e) {
            throw new UncheckedIOException(new IOException(TensorFlowReason.ofRefusal(e), e));
        }
    }

    void restore(Checkpoint checkpoint) {
        try {
            bundle.restore(session, checkpoint.bundle());
        } catch (RuntimeException e) {
            throw Checkpoints.damaged(checkpoint.directory(), TensorFlowReason.ofRefusal(e), e);
        }
    }

    @Override
    public void close() {
        step.images().close();
        monitored.images().close();
        test.ifPresent(evaluation -> evaluation.images().close());
        session.close();
        graph.close();
    }
}
