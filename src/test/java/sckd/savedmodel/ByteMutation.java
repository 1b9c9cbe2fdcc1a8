package sckd.savedmodel;

import com.google.common.primitives.Bytes;
import java.util.Arrays;
import java.util.Random;

/** Alters bytes without knowing what they mean. */
final class ByteMutation {
    private static final int MOST_FLIPS = 8;

    private ByteMutation() {}

    /** Flips bits, cuts the end off, or copies a part to somewhere else. */
    static byte[] mutate(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> splice(bytes, random);
            default -> flip(bytes, random);
        };
    }

    private static byte[] flip(byte[] bytes, Random random) {
        var flipped = bytes.clone();
        for (int i = random.nextInt(MOST_FLIPS); i >= 0; i--) {
            flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return flipped;
    }

    private static byte[] splice(byte[] bytes, Random random) {
        int from = random.nextInt(bytes.length);
        int to = from + random.nextInt(bytes.length - from);
        int at = random.nextInt(bytes.length);
        return Bytes.concat(
                Arrays.copyOf(bytes, at),
                Arrays.copyOfRange(bytes, from, to),
                Arrays.copyOfRange(bytes, at, bytes.length));
    }
}
