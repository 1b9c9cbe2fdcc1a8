package sckd.distillation;

import java.util.Optional;
import org.tensorflow.op.Ops;

/** Decides in each step, for each distillation loss, how much of its gradient takes part. A record holds its parameters; a new gate is a new record. */
public interface Gate {
    /** Whether it looks at the gradients; where not, a step needs no gradient for each loss. */
    default boolean usesGradients() {
        return true;
    }

    /** How often it is to be open, where it is told: of a control. */
    default Optional<OpenRates> givenRates() {
        return Optional.empty();
    }

    /** The same gate with other rates; itself where none are given. */
    default Gate withRates(OpenRates other) {
        return this;
    }

    /**
     * Adds the ops that decide.
     *
     * @throws sckd.UserException if it needs something from outside, such as a recorded run, that is not there
     */
    GateOutput build(Ops tf, GateInputs inputs);
}
