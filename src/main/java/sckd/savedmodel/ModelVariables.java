package sckd.savedmodel;

import java.util.List;
import java.util.Map;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import sckd.graph.Variable;

/**
 * A model's variables in a graph, shared by its instances.
 *
 * @param byHandle variable by handle node of the model's flat graph
 * @param trainable those that a step trains, in the model's order
 * @param restore sets every variable to the value in the model's own checkpoint
 */
public record ModelVariables(Map<String, Variable> byHandle, List<Variable> trainable, Op restore) {
    /** Adds the variables, each named {@code prefix/handle}, so that models with equal layer names stay apart. */
    public static ModelVariables build(Ops tf, String prefix, ClassifierModel model) {
        throw new UnsupportedOperationException();
    }
}
