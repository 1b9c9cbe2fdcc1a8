package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * Always open at a fraction: γ_k is the rate itself. The control that has as much of each loss as a gate of that open rate, spread over all steps: what a
 * smaller weight would do.
 */
public record ScaledGate(OpenRates rates) implements RateGate {
    @Override
    public RateGate withRates(OpenRates other) {
        return new ScaledGate(other);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        return GateOutput.of(rates.build(tf, inputs));
    }
}
