package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;
import sckd.graph.TensorBundle;
import sckd.graph.TensorFlowReason;
import sckd.graph.Variable;

/** Variables' values in a model's own checkpoint as constants of a graph, so that TensorFlow may compute with them beforehand. */
final class CheckpointConstants {
    private CheckpointConstants() {}

    /**
     * Adds a constant for each variable; the result is by handle.
     *
     * @throws sckd.UserException if the checkpoint cannot be read
     */
    static Map<String, Operand<?>> build(Ops tf, ClassifierModel model, List<ModelVariable> variables) {
        if (variables.isEmpty()) {
            return Map.of();
        }
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var runner = session.runner();
            buildRestore(Ops.create(graph), model, variables).forEach(runner::fetch);
            try (var values = runner.run()) {
                var constants = ImmutableMap.<String, Operand<?>>builder();
                for (int i = 0; i < variables.size(); i++) {
                    var handle = variables.get(i).handle();
                    var named = tf.withName(Variable.opName(handle));
                    constants.put(handle, named.constantOf((TType) values.get(i)));
                }
                return constants.buildOrThrow();
            }
        } catch (RuntimeException e) {
            throw TensorFlowReason.explain(model.directory() + ": its checkpoint cannot be read", e);
        }
    }

    /** Adds the read of the variables' first keys. */
    static List<? extends Operand<?>> buildRestore(Ops tf, ClassifierModel model, List<ModelVariable> variables) {
        return bundle(model)
                .buildRestore(
                        tf,
                        variables.stream()
                                .map(variable -> variable.keys().get(0))
                                .toList(),
                        variables.stream().map(ModelVariable::shapeAndSlice).toList(),
                        variables.stream().map(ModelVariable::dtype).toList());
    }

    static TensorBundle bundle(ClassifierModel model) {
        return new TensorBundle(model.directory().resolve("variables").resolve("variables"));
    }
}
