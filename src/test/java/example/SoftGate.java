package example;

import org.tensorflow.op.Ops;
import sckd.distillation.Gate;
import sckd.distillation.GateInputs;
import sckd.distillation.GateOutput;
import sckd.experiment.GateKind;
import sckd.yaml.NumberType;
import sckd.yaml.Range;
import sckd.yaml.Section;

/** γ_k = 1 / (1 + exp(−s · cos_k)): half open where the gradients are orthogonal. */
public record SoftGate(float steepness) implements Gate {
    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var cosines = inputs.products().buildCosines(tf); // [losses]
        return GateOutput.of(tf.math.sigmoid(tf.math.mul(cosines, tf.constant(steepness))));
    }

    /** As experiments name it: {@code gate: soft}. */
    public static final class Kind implements GateKind {
        @Override
        public String name() {
            return "soft";
        }

        @Override
        public Section<SoftGate> section() {
            return Section.kind(SoftGate.class, "Opens smoothly with the cosine.", keys -> {
                var steepness = keys.optional(
                        "steepness", NumberType.FLOAT.within(Range.atLeast(0)), 10f, SoftGate::steepness, "s.");
                return values -> new SoftGate(values.get(steepness));
            });
        }
    }
}
