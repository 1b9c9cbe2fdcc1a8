package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * Where a model takes its images.
 *
 * @param node the Placeholder of the flat graph
 * @param shape as the signature states it, unknown sizes −1; usually {@code [−1, height, width, channels]}
 */
public record ModelInput(String node, DataType dtype, Shape shape) {
    /** Whether it takes pixels from 0 to 255, to which no scaling applies. */
    public boolean takesPixels() {
        return ImageInput.PIXELS.contains(dtype);
    }
}
