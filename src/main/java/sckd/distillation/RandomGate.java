package sckd.distillation;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@code γ_k = 1} with a given probability, drawn anew in each step for each loss, from (seed, step) alone. The control of a gate that looks at
 * gradients: at the same rate it shows what looking is worth.
 */
public record RandomGate(OpenRates rates) implements RateGate {
    private static final long STREAM = Hashing.murmur3_128()
            .hashString("random-gate", StandardCharsets.UTF_8)
            .asLong();

    @Override
    public RateGate withRates(OpenRates other) {
        return new RandomGate(other);
    }

    @Override
    public GateOutput build(Ops tf, GateInputs inputs) {
        var key = tf.stack(List.of(tf.constant(inputs.seed() ^ STREAM), inputs.step()));
        var shape = tf.constant(new int[] {inputs.losses().size()});
        var draws = tf.random.statelessRandomUniform(shape, key, TFloat32.class); // [losses], in [0, 1)
        var open = tf.math.less(draws, rates.build(tf, inputs));
        return GateOutput.of(tf.dtypes.cast(open, TFloat32.class));
    }
}
