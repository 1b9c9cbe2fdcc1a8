package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;
import sckd.UserException;

/**
 * Tries a graph of an open batch at a definite one. With sizes unknown TensorFlow finds no fault with a graph that takes images for parts of others, or
 * none at all; and how large its tensors are shows only now.
 */
final class BatchTrial {
    /** Odd, so that a Reshape which takes the images by twos or fours is found. */
    private static final int BATCH = 3;

    private BatchTrial() {}

    /** @throws UserException if the graph does not take some images, or does not make as many logits */
    static void check(FlatGraph graph, ModelInput input, TensorName logits) {
        var stated = input.shape();
        if (stated.isUnknown() || stated.numDimensions() == 0 || stated.get(0) >= 0) {
            return;
        }
        var found = TensorTypes.infer(BatchSize.set(graph, input, BATCH).toGraphDef())
                .shape(logits);
        if (!found.isCompatibleWith(Shape.of(BATCH, Shape.UNKNOWN_SIZE))) {
            throw new UserException("of %d images the graph makes logits %s; expected [%d, classes]"
                    .formatted(BATCH, Shapes.describe(found), BATCH));
        }
    }
}
