package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch in the graph.
 *
 * @param pixels {@code [batch, height, width, channels]}, 0 to 255, augmented, not normalised: each model has its own scaling
 * @param labels class ids, {@code [batch]}
 */
public record Batch(Operand<TFloat32> pixels, Operand<TInt32> labels) {}
