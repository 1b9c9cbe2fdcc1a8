package sckd.distillation;

import com.google.common.hash.Hashing;
import java.util.Arrays;
import java.util.Random;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import sckd.graph.Variable;

/**
 * A variable that exists only for a distillation loss, named {@code adapter/…}.
 *
 * @param trainable false for moving averages
 * @param initialize sets it to its first value, deterministic from the seed
 */
public record Adapter(Variable variable, boolean trainable, Op initialize) {
    /**
     * A trained kernel, He normal: standard deviation √(2 / inputs) (He et al. 2015, arXiv:1502.01852).
     *
     * @param name after {@code adapter/}; part of the seed, so that two losses start apart
     * @param inputs how many values a result is summed from
     */
    public static Adapter buildHeNormal(Ops tf, String name, Shape shape, int inputs, long seed) {
        var mixed = Hashing.murmur3_128()
                .newHasher()
                .putLong(seed)
                .putUnencodedChars(name)
                .hash()
                .asLong();
        var random = new Random(mixed); // its nextGaussian is specified to the bit
        double deviation = Math.sqrt(2.0 / inputs);
        var values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return build(tf, name, shape, values);
    }

    /** A trained vector whose first values are all {@code value}. */
    public static Adapter buildConstant(Ops tf, String name, int size, float value) {
        var values = new float[size];
        Arrays.fill(values, value);
        return build(tf, name, Shape.of(size), values);
    }

    private static Adapter build(Ops tf, String name, Shape shape, float[] values) {
        var variable = Variable.build(tf, "adapter/" + name, shape);
        var first = tf.constant(shape, DataBuffers.of(values));
        return new Adapter(variable, true, variable.buildAssign(tf, first));
    }
}
