package sckd.distillation;

import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * What a gate decided.
 *
 * @param gates γ, {@code [losses]}: 1 open, 0 closed; what the log shows
 * @param byVariable γ of each variable of θ, {@code [losses, variables]}, where they differ
 * @param adapters γ for the adapters of each loss, {@code [losses]}
 * @param supervisedShift scalar, added to the weight of g_S where there is one
 * @param state what the gate remembers from step to step
 * @param updates move the state
 */
public record GateOutput(
        Operand<TFloat32> gates,
        Optional<Operand<TFloat32>> byVariable,
        Operand<TFloat32> adapters,
        Optional<Operand<TFloat32>> supervisedShift,
        List<State> state,
        List<Op> updates) {
    /**
     * A variable of the gate's own, named {@code gate/…}.
     *
     * @param initialize sets it to its first value
     */
    public record State(Variable variable, Op initialize) {}

    /** One γ for all that loss k reaches. */
    public static GateOutput of(Operand<TFloat32> gates) {
        return new GateOutput(gates, Optional.empty(), gates, Optional.empty(), List.of(), List.of());
    }

    GateOutput withByVariable(Operand<TFloat32> ofEach) {
        return new GateOutput(gates, Optional.of(ofEach), adapters, supervisedShift, state, updates);
    }

    GateOutput withAdapters(Operand<TFloat32> ofAdapters) {
        return new GateOutput(gates, byVariable, ofAdapters, supervisedShift, state, updates);
    }

    GateOutput withSupervisedShift(Operand<TFloat32> shift) {
        return new GateOutput(gates, byVariable, adapters, Optional.of(shift), state, updates);
    }

    GateOutput withState(State own, Op update) {
        return new GateOutput(gates, byVariable, adapters, supervisedShift, List.of(own), List.of(update));
    }
}
