package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import sckd.graph.Variable;

/**
 * Whether all numbers in some variables are finite: a step's loss and gradient can be so where its update is not.
 *
 * @param finite one for each variable, {@code [variables]}
 */
record FiniteCheck(List<Variable> variables, Operand<TBool> finite) {
    static FiniteCheck build(Ops tf, List<Variable> variables) {
        var finite = new ArrayList<Operand<TBool>>();
        for (var variable : variables) {
            var numbers = tf.reshape(tf.math.isFinite(variable.value()), tf.array(-1));
            finite.add(tf.reduceAll(numbers, tf.constant(0)));
        }
        return new FiniteCheck(List.copyOf(variables), tf.stack(finite));
    }

    /** The first variable that holds an infinity or NaN. */
    Optional<String> findNonFinite(Session session) {
        try (var result = session.runner().fetch(finite).run()) {
            var each = (TBool) result.get(0);
            for (int i = 0; i < variables.size(); i++) {
                if (!each.getBoolean(i)) {
                    return Optional.of(variables.get(i).name());
                }
            }
            return Optional.empty();
        }
    }
}
