package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * Where a model takes its images.
 *
 * @param node the Placeholder of the flat graph
 * @param shape as the signature states it, unknown sizes −1; usually {@code [−1, height, width, channels]}
 */
public record ModelInput(String node, DataType dtype, Shape shape) {}
