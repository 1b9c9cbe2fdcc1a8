package sckd.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.data.ImageSet;
import sckd.graph.SessionRuns;
import sckd.graph.VariableBundle;
import sckd.savedmodel.ModelInstance;

/** A training's graph and session: the step, the evaluation of the student, its checkpoints. */
final class TrainingSession implements AutoCloseable {
    private final Graph graph;
    private final Session session;
    private final StepGraph step;
    private final EvaluationGraph monitored;
    private final Optional<EvaluationGraph> test;
    private final VariableBundle bundle;

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
            session = new Session(
                    graph, ConfigProto.newBuilder().setAllowSoftPlacement(true).build());
        } catch (RuntimeException e) {
            graph.close();
            throw e;
        }
        SessionRuns.run(session, step.initialize());
        step.images().load(session);
        monitored.images().load(session);
        test.ifPresent(evaluation -> evaluation.images().load(session));
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
                        student.input().build(tf, pixels),
                        List.of())
                .logits();
    }

    void startEpoch(int epoch) {
        step.images().startEpoch(session, epoch);
    }

    /** One {@code session.run}: the whole step. */
    StepRecord step(int[] samples, double learningRate, int epoch, long number) {
        var runner = session.runner();
        step.updates().forEach(runner::addTarget);
        try (var indices = TInt32.vectorOf(samples);
                var rate = TFloat32.scalarOf((float) learningRate);
                var result = runner.feed(step.indices(), indices)
                        .feed(step.learningRate(), rate)
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

    void save(Path prefix) {
        bundle.save(session, prefix);
    }

    void restore(Path prefix) {
        bundle.restore(session, prefix);
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
