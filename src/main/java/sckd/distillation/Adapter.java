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
 * A variable that is trained beside a model and is no part of it: it exists for a distillation loss, named {@code adapter/…}, or for a head, named
 * {@code heads/…}.
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
        return build(tf, "adapter/" + name, shape, true, normal(name, 2.0 / inputs, shape, seed));
    }

    /** A trained vector whose first values are all {@code value}. */
    public static Adapter buildConstant(Ops tf, String name, int size, float value) {
        var shape = Shape.of(size);
        return build(tf, "adapter/" + name, shape, true, constant(value, shape));
    }

    static Adapter build(Ops tf, String name, Shape shape, boolean trainable, float[] values) {
        var variable = Variable.build(tf, name, shape);
        var first = tf.constant(shape, DataBuffers.of(values));
        return new Adapter(variable, trainable, variable.buildAssign(tf, first));
    }

    /** Normal with mean 0; the name is part of the seed. */
    static float[] normal(String name, double variance, Shape shape, long seed) {
        var mixed = Hashing.murmur3_128()
                .newHasher()
                .putLong(seed)
                .putUnencodedChars(name)
                .hash()
                .asLong();
        var random = new Random(mixed); // its nextGaussian is specified to the bit
        double deviation = Math.sqrt(variance);
        var values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    static float[] constant(float value, Shape shape) {
        var values = new float[(int) shape.size()];
        Arrays.fill(values, value);
        return values;
    }
}
