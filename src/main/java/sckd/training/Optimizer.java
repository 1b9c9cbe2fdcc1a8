package sckd.training;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/** How a gradient becomes an update. Works on an explicit list of variables, never on "all of the graph". */
public interface Optimizer {
    /** Before the schedule, more than 0. */
    float learningRate();

    /**
     * Adds slots and updates.
     *
     * @param name prefix of the slots' names
     * @param gradients one for each variable
     * @param learningRate scalar
     */
    Updates build(
            Ops tf,
            String name,
            List<Variable> variables,
            List<Operand<TFloat32>> gradients,
            Operand<TFloat32> learningRate);

    /**
     * @param slots the optimizer's own variables, saved and resumed with the weights
     * @param initialize sets every slot to its first value
     * @param updates change variables and slots
     */
    record Updates(List<Variable> slots, List<Op> initialize, List<Op> updates) {}
}
