package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;

/** Which images are held out and which are kept, both sorted. */
record HeldOut(int[] kept, int[] heldOut) {
    static HeldOut draw(int size, int count, long seed) {
        checkArgument(count >= 0 && count <= size, "%s images to hold out; expected 0 to %s", count, size);
        var order = KeyedRandom.of(KeyedRandom.Use.HOLD_OUT, seed).nextPermutation(size);
        var parts = new HeldOut(Arrays.copyOfRange(order, count, size), Arrays.copyOfRange(order, 0, count));
        Arrays.sort(parts.kept);
        Arrays.sort(parts.heldOut);
        return parts;
    }
}
