package sckd.data;

/** Labelled images, all shown in one size: in memory, or read from their files when they are needed. */
public sealed interface LabelledImages permits ImageSet, ImageFiles {
    /** Class ids, from 0. */
    int[] labels();

    int height();

    int width();

    int channels();

    default int size() {
        return labels().length;
    }

    /** Bytes of one image. */
    default int imageBytes() {
        return height() * width() * channels();
    }

    /** The first {@code count} images, in their order. */
    LabelledImages head(int count);

    /** Those of these indices, in this order. */
    LabelledImages select(int[] indices);

    /**
     * Holds {@code count} images out, drawn at random by {@code seed} without regard to their classes; both parts keep the order that the
     * images have here.
     */
    default HoldOut holdOut(int count, long seed) {
        var parts = HeldOut.draw(size(), count, seed);
        return new HoldOut(select(parts.kept()), select(parts.heldOut()));
    }

    /** {@code count} of them, drawn as {@link #holdOut} draws; all where there are no more. */
    default LabelledImages sample(int count, long seed) {
        return count >= size() ? this : select(HeldOut.draw(size(), count, seed).heldOut());
    }

    /** Whether they are read from their files when they are needed, a few batches ahead. */
    boolean streamed();

    /** All of them in memory. */
    ImageSet inMemory();

    ImageStatistics statistics();

    /** Training images and those held out of training. */
    record HoldOut(LabelledImages train, LabelledImages heldOut) {}
}
