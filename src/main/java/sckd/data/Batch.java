package sckd.data;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch in the graph.
 *
 * @param pixels {@code [batch, height, width, channels]}, 0 to 255, augmented, not normalised: each model has its own scaling
 * @param labels class ids, {@code [batch]}; of mixed images those of the image that the sample's index names
 * @param mixed the other labels, where each image is mixed with another
 */
public record Batch(Operand<TFloat32> pixels, Operand<TInt32> labels, Optional<MixedLabels> mixed) {
    /** Each image as it is. */
    public Batch(Operand<TFloat32> pixels, Operand<TInt32> labels) {
        this(pixels, labels, Optional.empty());
    }

    /**
     * @param others class ids of the images that are mixed in, {@code [batch]}
     * @param weights of the own label, 0 to 1, {@code [batch]}; the other has the rest
     */
    public record MixedLabels(Operand<TInt32> others, Operand<TFloat32> weights) {}
}
