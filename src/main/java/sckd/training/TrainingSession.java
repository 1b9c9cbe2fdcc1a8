package sckd.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.data.ImageSet;
import sckd.graph.SessionRuns;
import sckd.graph.TensorFlowReason;
import sckd.graph.VariableBundle;
import sckd.savedmodel.ModelInstance;
import sckd.training.Checkpoints.Checkpoint;

/** A training's graph and session: the step, the evaluation of the student, its checkpoints. */
final class TrainingSession implements AutoCloseable {
    private final Graph graph;
    private final Session session;
    private final StepGraph step;
    private final EvaluationGraph monitored;
    private final Optional<EvaluationGraph> test;
    private final VariableBundle bundle;
    private final FiniteCheck finite;

    /** Builds the graph and sets every variable to its first value. */
    TrainingSession(TrainingTask task) {
        graph = new Graph();
        try {
            var tf = Ops.create(graph);
            step = StepGraph.build(tf, task);
            monitored = buildEvaluation(tf, task, "monitored", task.data().monitored());
            test = task.data()
                    .validation()
                    .map(images -> buildEvaluation(tf, task, "test", task.data().test()));
            bundle = VariableBundle.build(tf.withSubScope("checkpoint"), step.saved());
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

    private EvaluationGraph buildEvaluation(Ops tf, TrainingTask task, String name, ImageSet images) {
        var scope = tf.withSubScope(name);
        return EvaluationGraph.build(scope, name + "-images", images, pixels -> buildLogits(scope, task, name, pixels));
    }

    private Operand<TFloat32> buildLogits(Ops tf, TrainingTask task, String name, Operand<TFloat32> pixels) {
        var student = task.student();
        return ModelInstance.buildInference(
                        tf,
                        name + "-student",
                        student.model(),
                        step.student(),
                        student.buildInput(tf, pixels),
                        List.of())
                .logits();
    }

    void startEpoch(int epoch) {
        step.images().startEpoch(session, epoch);
    }

    /** One {@code session.run}: the whole step. */
    StepRecord step(int[] samples, double learningRate, int epoch, long number) {
        try (var indices = TInt32.vectorOf(samples);
                var rate = TFloat32.scalarOf((float) learningRate);
                var result = session.runner()
                        .feed(step.indices(), indices)
                        .feed(step.learningRate(), rate)
                        .addTarget(step.update())
                        .fetch(step.measurements().packed())
                        .run()) {
            return step.measurements().read((TFloat32) result.get(0), epoch, number, learningRate);
        }
    }

    EvaluationResult evaluateMonitored() {
        return monitored.run(session);
    }

    EvaluationResult evaluateTest() {
        return test.orElse(monitored).run(session);
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
        session.close();
        graph.close();
    }
}
