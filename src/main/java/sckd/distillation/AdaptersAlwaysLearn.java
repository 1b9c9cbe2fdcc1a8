package sckd.distillation;

import java.util.Optional;
import org.tensorflow.op.Ops;

/**
 * Another gate for θ, while the adapters of every loss learn in every step: γ = 1 for them. A regressor that is trained only while the gate is open may
 * lag behind the student.
 */
public record AdaptersAlwaysLearn(Gate gate) implements Gate {
    /** Adapters can be told apart from θ only where each loss has its own gradient. */
    @Override
    public boolean usesGradients() {
        return true;
    }

    @Override
    public Optional<OpenRates> givenRates() {
        return gate.givenRates();
    }

    @Override
    public Gate withRates(OpenRates other) {
        return new AdaptersAlwaysLearn(gate.withRates(other));
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        return gate.build(tf, inputs).withAdapters(OpenGate.buildSame(tf, inputs, 1));
    }
}
