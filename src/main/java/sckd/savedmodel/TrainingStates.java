package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import sckd.graph.StateVariable;
import sckd.graph.TensorBundle;

/**
 * The variables of a model's training program that are no floats and change in a step: states of random number generators, and the number of the
 * step where random numbers are drawn by it. They are part of a training's checkpoints, so that it can be resumed.
 *
 * @param byHandle in the model's order; the number of the step under the name of its placeholder
 * @param restore sets each to the value in the model's own checkpoint, the number of the step to 0
 */
record TrainingStates(Map<String, StateVariable> byHandle, List<Op> restore) {
    /** Adds the variables, each named {@code prefix/handle}. */
    static TrainingStates build(Ops tf, String prefix, ClassifierModel model) {
        var byHandle = ImmutableMap.<String, StateVariable>builder();
        var restore = new ArrayList<Op>();
        var states = of(model);
        var values = states.isEmpty() ? List.<Operand<?>>of() : CheckpointConstants.buildRestore(tf, model, states);
        for (int i = 0; i < states.size(); i++) {
            var state = states.get(i);
            var name = ModelVariables.nameOf(prefix, state);
            var variable = StateVariable.build(tf, name, state.dtype(), state.shape());
            byHandle.put(state.handle(), variable);
            restore.add(variable.buildAssign(tf, values.get(i)));
        }
        model.training().program().flatMap(TrainingProgram::counter).ifPresent(counter -> {
            var step = StateVariable.build(tf, prefix + "/" + counter, DataType.DT_INT64, Shape.scalar());
            byHandle.put(counter, step);
            restore.add(step.buildAssign(tf, tf.constant(0L)));
        });
        return new TrainingStates(byHandle.buildOrThrow(), restore);
    }

    /** The model's variables that are such states. */
    static List<ModelVariable> of(ClassifierModel model) {
        var updated = model.training()
                .program()
                .map(program -> program.updates().keySet())
                .orElse(Set.of());
        return model.variables().stream()
                .filter(variable -> !variable.isFloat() && updated.contains(variable.handle()))
                .toList();
    }

    /** The values that a training's bundle holds under {@code prefix/handle}, by every key of the model's own checkpoint. */
    static Map<String, Operand<?>> buildTrained(Ops tf, TensorBundle trained, String prefix, ClassifierModel model) {
        var states = of(model);
        if (states.isEmpty()) {
            return Map.of();
        }
        var restored = trained.buildRestore(
                tf,
                states.stream()
                        .map(state -> ModelVariables.nameOf(prefix, state))
                        .toList(),
                states.stream().map(ModelVariable::dtype).toList());
        var values = ImmutableMap.<String, Operand<?>>builder();
        for (int i = 0; i < states.size(); i++) {
            for (var key : states.get(i).keys()) {
                values.put(key, restored.get(i));
            }
        }
        return values.buildOrThrow();
    }
}
