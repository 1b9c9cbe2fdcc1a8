package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.hash.Hashing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/**
 * {@code γ_k = Π_i γ_{i,k}} of several gates: a loss takes part as far as each of them lets it, such as a {@link CosineGate} under a {@link ScheduleGate}.
 * So are multiplied γ for each variable, where a gate has one, that for adapters and that in the log, whose mean is the open rate.
 *
 * @param of two or more; none that follows the open rates of a run, which are those of a whole gate
 */
public record ProductGate(List<Gate> of) implements Gate {
    public ProductGate {
        of = List.copyOf(of);
        checkArgument(of.size() > 1, "of has %s; expected two gates or more", of.size());
        for (int i = 0; i < of.size(); i++) {
            checkArgument(
                    of.get(i).givenRates().stream().allMatch(OpenRates.Fixed.class::isInstance),
                    "of[%s] follows the open rates of a run, which are those of its whole gate; expected rate, or that control in place of the product",
                    i);
        }
    }

    @Override
    public boolean usesGradients() {
        return of.stream().anyMatch(Gate::usesGradients);
    }

    /** @throws UserException for a gate that shifts the weight of g_S, or for two that remember something by the same name */
    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var outputs = new ArrayList<GateOutput>();
        for (int i = 0; i < of.size(); i++) {
            outputs.add(of.get(i).build(tf.withSubScope("of-" + i), forMember(inputs, i)));
        }
        checkShifts(outputs);
        checkStates(outputs);
        Optional<Operand<TFloat32>> byVariable =
                outputs.stream().allMatch(output -> output.byVariable().isEmpty())
                        ? Optional.empty()
                        : Optional.of(buildProduct(tf, outputs, output -> buildByVariable(tf, output)));
        return new GateOutput(
                buildProduct(tf, outputs, GateOutput::gates),
                buildProduct(tf, outputs, GateOutput::logged),
                byVariable,
                buildProduct(tf, outputs, GateOutput::adapters),
                Optional.empty(),
                outputs.stream().flatMap(output -> output.state().stream()).toList(),
                outputs.stream().flatMap(output -> output.updates().stream()).toList());
    }

    private static Operand<TFloat32> buildProduct(
            Ops tf, List<GateOutput> outputs, Function<GateOutput, Operand<TFloat32>> get) {
        return outputs.stream()
                .map(get)
                .reduce((one, other) -> tf.math.mul(one, other))
                .orElseThrow();
    }

    /** {@code [losses, variables]}, or {@code [losses, 1]} where they do not differ. */
    private static Operand<TFloat32> buildByVariable(Ops tf, GateOutput output) {
        return output.byVariable().orElseGet(() -> tf.expandDims(output.gates(), tf.constant(1)));
    }

    /** With a seed of its own: two gates that draw are not to draw the same. */
    private static GateInputs forMember(GateInputs inputs, int member) {
        long seed = Hashing.murmur3_128()
                .newHasher()
                .putLong(inputs.seed())
                .putInt(member)
                .hash()
                .asLong();
        return new GateInputs(
                inputs.losses(), inputs.weights(), inputs.gradients(), inputs.step(), inputs.epoch(), seed);
    }

    private static void checkShifts(List<GateOutput> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).supervisedShift().isPresent()) {
                throw new UserException(
                        "gate.of[%s] changes gradients in ways that no γ tells, and cannot be multiplied; expected another gate there, or it alone in place of the product"
                                .formatted(i));
            }
        }
    }

    private static void checkStates(List<GateOutput> outputs) {
        var members = new HashMap<String, Integer>();
        for (int i = 0; i < outputs.size(); i++) {
            for (var state : outputs.get(i).state()) {
                var first = members.put(state.variable().name(), i);
                if (first != null) {
                    throw new UserException("gate.of[%s] and gate.of[%s] both remember '%s'; expected one of them alone"
                            .formatted(first, i, state.variable().name()));
                }
            }
        }
    }
}
