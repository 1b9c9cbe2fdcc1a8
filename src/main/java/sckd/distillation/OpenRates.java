package sckd.distillation;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** How often the gate of each loss is to be open, as a control of a gate that looks at gradients needs it. */
public sealed interface OpenRates permits OpenRates.Fixed, OpenRates.OfMethod, RecordedRates {
    /** The rates in a step, {@code [losses]}, each 0 to 1. */
    Operand<TFloat32> build(Ops tf, GateInputs inputs);

    /** The method of the experiment whose rates they are to be, as long as its run is not known. */
    default Optional<String> followed() {
        return Optional.empty();
    }

    /** The same for every loss, throughout. */
    record Fixed(float rate) implements OpenRates {
        public Fixed {
            checkArgument(rate >= 0 && rate <= 1, "rate is %s; expected 0 to 1", rate);
        }

        @Override
        public Operand<TFloat32> build(Ops tf, GateInputs inputs) {
            return OpenGate.buildSame(tf, inputs, rate);
        }
    }

    /** Those of another method of the experiment: {@link RecordedRates} take its place when its run is known. */
    record OfMethod(String method) implements OpenRates {
        @Override
        public Optional<String> followed() {
            return Optional.of(method);
        }

        @Override
        public Operand<TFloat32> build(Ops tf, GateInputs inputs) {
            throw new IllegalStateException("the run of method '" + method + "' is not known yet");
        }
    }
}
