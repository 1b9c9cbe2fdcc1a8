package sckd.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.util.Arrays;
import java.util.Random;

/**
 * Values of variables before training. The random ones depend on seed and variable name alone, so that a layer more or less leaves the others
 * as they were; they are drawn in Java, whose generator is specified to the bit, not by TensorFlow's kernels, which may change.
 */
final class InitialValues {
    private InitialValues() {}

    static float[] constant(float value, int count) {
        var values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    /** Normal with mean 0. */
    static float[] normal(long seed, String variable, double variance, int count) {
        var random = random(seed, variable);
        double deviation = Math.sqrt(variance);
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** Uniform with mean 0: within {@code ±√(3 · variance)}. */
    static float[] uniform(long seed, String variable, double variance, int count) {
        var random = random(seed, variable);
        double bound = Math.sqrt(3 * variance);
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    private static Random random(long seed, String variable) {
        return new Random(Hashing.sha256()
                .newHasher()
                .putLong(seed)
                .putString(variable, UTF_8)
                .hash()
                .asLong());
    }
}
