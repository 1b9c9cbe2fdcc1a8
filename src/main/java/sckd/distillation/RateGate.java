package sckd.distillation;

/** A gate that opens as often as it is told, whatever the gradients: a control. */
public sealed interface RateGate extends Gate permits RandomGate, ScaledGate {
    OpenRates rates();

    /** The same gate with other rates. */
    RateGate with(OpenRates rates);

    @Override
    default boolean usesGradients() {
        return false;
    }
}
