package sckd.distillation;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import sckd.graph.Variable;

/**
 * What a gate decided.
 *
 * @param gates γ, {@code [losses]}: 1 open, 0 closed
 * @param logged what the log shows as γ, {@code [losses]}, and the open rates are the means of
 * @param byVariable γ of each variable of θ, {@code [losses, variables]}, where they differ
 * @param adapters γ for the adapters of each loss, {@code [losses]}
 * @param supervisedShift scalar, added to the weight of g_S where there is one
 * @param state what the gate remembers from step to step
 * @param updates move the state
 */
public record GateOutput(
        Operand<TFloat32> gates,
        Operand<TFloat32> logged,
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
        return new GateOutput(gates, gates, Optional.empty(), gates, Optional.empty(), List.of(), List.of());
    }

    /** Another γ for each variable of θ. */
    public GateOutput withByVariable(Operand<TFloat32> ofEach) {
        return new GateOutput(gates, logged, Optional.of(ofEach), adapters, supervisedShift, state, updates);
    }

    /** Another γ for adapters. */
    public GateOutput withAdapters(Operand<TFloat32> ofAdapters) {
        return new GateOutput(gates, logged, byVariable, ofAdapters, supervisedShift, state, updates);
    }

    /** Something else in the log, where γ does not tell what the gate did. */
    public GateOutput withLogged(Operand<TFloat32> shown) {
        return new GateOutput(gates, shown, byVariable, adapters, supervisedShift, state, updates);
    }

    /** As much more of g_S. */
    public GateOutput withSupervisedShift(Operand<TFloat32> shift) {
        return new GateOutput(gates, logged, byVariable, adapters, Optional.of(shift), state, updates);
    }

    /** One more variable that it remembers, and the op that moves it in each step. */
    public GateOutput withState(State own, Op update) {
        return new GateOutput(
                gates, logged, byVariable, adapters, supervisedShift, with(state, own), with(updates, update));
    }

    private static <T> List<T> with(List<T> before, T another) {
        return Stream.concat(before.stream(), Stream.of(another)).toList();
    }
}
