package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which variables a training changes.
 *
 * @param handles theirs
 * @param notes what was noticed, a sentence each
 */
record TrainableVariables(Set<String> handles, List<String> notes) {
    /**
     * As the objects of TensorFlow 2 say; of what they do not know, as the collection says; without one, or where the program's collections know none
     * of the variables, whatever is of a float type. Never a moving statistic: a converter may mark all alike, and an average that is moved takes no gradient.
     *
     * @param graph flat and pruned
     * @param variables bound to their keys; what they say of being trainable does not count
     */
    static TrainableVariables choose(
            FlatGraph graph,
            List<ModelVariable> variables,
            ObjectGraphKeys objects,
            Optional<VariableCollection> trainable,
            Optional<VariableCollection> all) {
        var movingStatistics = BatchNorms.movingStatistics(graph);
        var learnable = variables.stream()
                .filter(variable -> !objects.trainable().containsKey(variable.handle()))
                .filter(variable -> variable.isFloat() && !movingStatistics.contains(variable.handle()))
                .map(ModelVariable::handle)
                .collect(ImmutableSet.toImmutableSet());
        var chosen = variables.stream()
                .map(ModelVariable::handle)
                .filter(handle -> !movingStatistics.contains(handle))
                .filter(handle -> Optional.ofNullable(objects.trainable().get(handle))
                        .orElseGet(() -> trainable
                                .map(names -> names.holds(graph.nodes().get(handle)))
                                .orElse(learnable.contains(handle))))
                .collect(Collectors.toSet());
        boolean isSaid = variables.stream()
                .map(variable -> graph.nodes().get(variable.handle()))
                .anyMatch(handle -> all.filter(names -> names.holds(handle)).isPresent());
        if (!chosen.isEmpty() || learnable.isEmpty() || isSaid) {
            return new TrainableVariables(chosen, List.of());
        }
        var note =
                "The collection '%s' names no variable that the signature reads; all of a float type but the moving averages are trainable."
                        .formatted(VariableCollection.TRAINABLE);
        return new TrainableVariables(learnable, List.of(note));
    }
}
