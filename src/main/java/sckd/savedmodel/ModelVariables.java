package sckd.savedmodel;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.StateVariable;
import sckd.graph.Variable;

/**
 * A model's variables in a graph, shared by its instances.
 *
 * @param byHandle variable by handle node of the model's flat graph, in the model's order: those of a float type, which are float32 here whatever
 *     they are in the model; what reads one is given the model's type ({@link ModelProgram})
 * @param constants by handle, the values of its other variables (seeds, counters): a step does not change them
 * @param states of its training program, by handle: variables of other types that a step changes
 * @param trainable those that a step trains, in the model's order
 * @param restore sets every variable to the value in the model's own checkpoint
 */
public record ModelVariables(
        Map<String, Variable> byHandle,
        Map<String, Operand<?>> constants,
        Map<String, StateVariable> states,
        List<Variable> trainable,
        Op restore) {
    /**
     * Adds the variables, each named {@code prefix/handle}, so that models with equal layer names stay apart.
     *
     * @throws UserException if a trainable variable is not of a float type
     */
    public static ModelVariables build(Ops tf, String prefix, ClassifierModel model) {
        var scoped = tf.withSubScope(prefix.replace('/', '.') + ".variables");
        var floats = model.variables().stream().filter(ModelVariable::isFloat).toList();
        var others = model.variables().stream()
                .filter(variable -> !variable.isFloat())
                .toList();
        others.forEach(variable -> checkNotTrainable(model, variable));
        var byHandle = floats.stream()
                .collect(ImmutableMap.toImmutableMap(
                        ModelVariable::handle,
                        variable -> Variable.build(scoped, nameOf(prefix, variable), variable.shape())));
        var states = TrainingStates.build(scoped, prefix, model);
        var constants = others.stream()
                .filter(variable -> !states.byHandle().containsKey(variable.handle()))
                .toList();
        return new ModelVariables(
                byHandle,
                CheckpointConstants.build(scoped, model, constants),
                states.byHandle(),
                floats.stream()
                        .filter(ModelVariable::trainable)
                        .map(variable -> byHandle.get(variable.handle()))
                        .collect(toImmutableList()),
                buildAll(scoped, states.restore(), buildRestore(scoped, model, floats, byHandle)));
    }

    private static Op buildAll(Ops tf, List<Op> some, Op other) {
        var all = new ArrayList<>(some);
        all.add(other);
        return NoOp.create(tf.withControlDependencies(all).scope());
    }

    /** The name of a variable in the graph and its key in a training's checkpoints. */
    static String nameOf(String prefix, ModelVariable variable) {
        return prefix + "/" + variable.handle();
    }

    private static void checkNotTrainable(ClassifierModel model, ModelVariable variable) {
        if (variable.trainable()) {
            throw new UserException("%s: variable '%s' is %s; expected a float type, which alone can be trained"
                    .formatted(model.directory(), variable.handle(), variable.dtype()));
        }
    }

    private static Op buildRestore(
            Ops tf, ClassifierModel model, List<ModelVariable> variables, Map<String, Variable> byHandle) {
        if (variables.isEmpty()) {
            return NoOp.create(tf.scope());
        }
        var values = CheckpointConstants.buildRestore(tf, model, variables);
        var assigns = new ArrayList<Op>();
        for (int i = 0; i < variables.size(); i++) {
            var value = ModelProgram.buildCast(tf, values.get(i), DataType.DT_FLOAT)
                    .asOutput()
                    .expect(TFloat32.class);
            assigns.add(byHandle.get(variables.get(i).handle()).buildAssign(tf, value));
        }
        return NoOp.create(tf.withControlDependencies(assigns).scope());
    }
}
