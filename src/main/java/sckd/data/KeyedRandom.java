package sckd.data;

/**
 * Random numbers that follow from a key alone: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA
 * 2014, doi 10.1145/2660193.2660195) started from the mixed key. Whole-number arithmetic, so alike on every platform and Java release.
 */
final class KeyedRandom {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    private KeyedRandom(long state) {
        this.state = state;
    }

    /**
     * @param key its first part says what the numbers are for, so that two uses with one seed stay independent
     */
    static KeyedRandom of(Use use, long... key) {
        long state = mix(GOLDEN_GAMMA * (use.ordinal() + 1));
        for (long part : key) {
            state = mix(state + GOLDEN_GAMMA + mix(part));
        }
        return new KeyedRandom(state);
    }

    /** What random numbers are for. New uses go to the end: the position is part of the key. */
    enum Use {
        EPOCH_ORDER,
        HOLD_OUT,
        SHAPES
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** From 0 to {@code bound − 1}; their chances differ by less than {@code bound / 2³²}. */
    int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** From {@code low} to below {@code high}. */
    double nextDouble(double low, double high) {
        return low + (high - low) * ((nextLong() >>> 11) * 0x1p-53);
    }

    /** The numbers 0 to {@code size − 1} in random order (Fisher and Yates). */
    int[] nextPermutation(int size) {
        var order = new int[size];
        for (int i = 0; i < size; i++) {
            int other = nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
