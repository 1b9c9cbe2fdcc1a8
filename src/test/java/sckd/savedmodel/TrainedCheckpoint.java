package sckd.savedmodel;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import sckd.graph.SessionRuns;
import sckd.graph.VariableBundle;

/** What a training leaves of a student's variables, under the prefix {@code student}. */
final class TrainedCheckpoint {
    private TrainedCheckpoint() {}

    /** Writes the values as the model has them. */
    static void write(ClassifierModel model, Path checkpoint) {
        write(model, checkpoint, (tf, variables) -> List.of(tf.noOp()));
    }

    /** Writes what the ops of a step make of the values. */
    static void write(
            ClassifierModel model, Path checkpoint, BiFunction<Ops, ModelVariables, List<? extends Op>> step) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = ModelVariables.build(tf, "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            SessionRuns.run(session, step.apply(tf, variables));
            VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).save(session, checkpoint);
        }
    }
}
