package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import sckd.graph.TensorBundle;
import sckd.graph.TensorFlowReason;

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
        var handles = variables.stream().map(ModelVariable::handle).toList();
        try {
            var values = TensorBundle.buildConstants(tf, handles, other -> buildRestore(other, model, variables));
            var constants = ImmutableMap.<String, Operand<?>>builder();
            for (int i = 0; i < values.size(); i++) {
                constants.put(handles.get(i), values.get(i));
            }
            return constants.buildOrThrow();
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
