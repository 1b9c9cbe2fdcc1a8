package sckd.distillation;

import java.util.Optional;

/** A gate that opens as often as it is told, whatever the gradients: a control. */
public sealed interface RateGate extends Gate permits RandomGate, ScaledGate {
    OpenRates rates();

    @Override
    default Optional<OpenRates> givenRates() {
        return Optional.of(rates());
    }

    @Override
    RateGate withRates(OpenRates other);

    @Override
    default boolean usesGradients() {
        return false;
    }
}
