package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which an epoch visits the training images: a permutation keyed by (seed, epoch), so that a resumed run goes on with the
 * samples it would have seen.
 *
 * @param images how many there are, more than 0
 */
public record EpochOrder(int images, long seed) {
    public EpochOrder {
        checkArgument(images > 0, "images is %s; expected more than 0", images);
    }

    /** Every sample index once. */
    public int[] permutation(int epoch) {
        return KeyedRandom.of(KeyedRandom.Use.EPOCH_ORDER, seed, epoch).nextPermutation(images);
    }

    /** The epoch's sample indices in batches. Every image is seen: the last batch holds what remains and may be shorter. */
    public List<int[]> batches(int epoch, int batchSize) {
        var order = permutation(epoch);
        var batches = new ArrayList<int[]>(batchCount(images, batchSize));
        for (int start = 0; start < images; start += batchSize) {
            batches.add(Arrays.copyOfRange(order, start, Math.min(images, start + batchSize)));
        }
        return List.copyOf(batches);
    }

    /** Batches that {@code images} make, the short last one counted. */
    public static int batchCount(int images, int batchSize) {
        checkArgument(batchSize > 0, "batch-size is %s; expected more than 0", batchSize);
        return (images - 1) / batchSize + 1;
    }
}
