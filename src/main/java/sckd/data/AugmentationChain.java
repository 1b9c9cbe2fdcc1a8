package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The augmentations of a set in their order, each with its columns of the table of random numbers. A mixture, if there is one, is the last: it takes another
 * image as that image is augmented itself.
 */
public final class AugmentationChain {
    private final List<Augmentation> augmentations;
    private final Supplier<ImageStatistics> statistics;
    private final boolean streamed;

    AugmentationChain(List<Augmentation> augmentations, LabelledImages images) {
        check(augmentations);
        this.augmentations = List.copyOf(augmentations);
        this.streamed = images.streamed();
        this.statistics = Suppliers.memoize(images::statistics);
    }

    /**
     * @throws IllegalArgumentException if a mixture is not the last
     */
    public static void check(List<Augmentation> augmentations) {
        for (int i = 0; i < augmentations.size() - 1; i++) {
            checkArgument(
                    !(augmentations.get(i) instanceof MixAugmentation),
                    "augment[%s] mixes two images, but others follow; expected it to be the last, and the only one",
                    i);
        }
    }

    /** Random numbers of an image in an epoch. */
    int draws() {
        return draws(augmentations);
    }

    /** The mixture at its end. */
    Optional<MixAugmentation> mix() {
        return augmentations.isEmpty()
                ? Optional.empty()
                : Optional.of(augmentations.get(augmentations.size() - 1))
                        .filter(MixAugmentation.class::isInstance)
                        .map(MixAugmentation.class::cast);
    }

    /** The crop that a streamed set's decoder does, from the file's own pixels. */
    Optional<RandomResizedCrop> decodedCrop() {
        return streamed && !augmentations.isEmpty() && augmentations.get(0) instanceof RandomResizedCrop crop
                ? Optional.of(crop)
                : Optional.empty();
    }

    /** The image that is mixed into another, as the graph has it. */
    int partner(float[] table, int sample, int images) {
        int column = draws() - mix().orElseThrow().draws();
        return Math.min((int) (table[sample * draws() + column] * images), images - 1);
    }

    /**
     * Applies all but the mixture, and the crop that was done already.
     *
     * @param pixels {@code [batch, height, width, channels]}, 0 to 255
     * @param draws {@code [batch, draws()]}
     * @return the same shape
     */
    Operand<TFloat32> build(Ops tf, Operand<TFloat32> pixels, Operand<TFloat32> draws) {
        var shown = pixels;
        int column = 0;
        var places = new ArrayList<PlaceAugmentation>();
        for (var augmentation : augmentations) {
            if (augmentation instanceof PlaceAugmentation place) {
                places.add(place);
                continue;
            }
            int used = draws(places);
            shown = buildMoved(tf, shown, places, draws, column);
            column += used;
            places.clear();
            if (augmentation instanceof PixelAugmentation pixel
                    && column == 0
                    && decodedCrop().isPresent()) {
                column += pixel.draws();
            } else if (augmentation instanceof PixelAugmentation pixel) {
                var own = DrawColumns.build(tf, draws, column, column + pixel.draws());
                shown = pixel.build(tf, shown, own, statistics.get());
                column += pixel.draws();
            }
        }
        return buildMoved(tf, shown, places, draws, column);
    }

    /** One gather for all of them, built from the last to the first. */
    private static Operand<TFloat32> buildMoved(
            Ops tf, Operand<TFloat32> pixels, List<PlaceAugmentation> places, Operand<TFloat32> draws, int column) {
        if (places.isEmpty()) {
            return pixels;
        }
        var shape = pixels.shape();
        var source = PixelSource.buildIdentity(tf, Math.toIntExact(shape.get(1)), Math.toIntExact(shape.get(2)));
        int end = column + draws(places);
        for (int i = places.size() - 1; i >= 0; i--) {
            var place = places.get(i);
            end -= place.draws();
            source = place.build(tf, source, DrawColumns.build(tf, draws, end, end + place.draws()));
        }
        return source.buildPixels(tf, pixels, Math.toIntExact(shape.get(3)));
    }

    private static int draws(List<? extends Augmentation> augmentations) {
        return augmentations.stream().mapToInt(Augmentation::draws).sum();
    }
}
