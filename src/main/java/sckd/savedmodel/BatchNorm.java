package sckd.savedmodel;

import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * A batch normalisation of an inference graph, over the last axis: {@code y = gamma · (x − mean) / √(variance + epsilon) + beta}.
 *
 * @param output the node whose output 0 is y
 * @param gamma empty stands for 1
 * @param beta empty stands for 0
 * @param mean the handle of the moving mean
 * @param variance the handle of the moving variance
 * @param channels the shape of mean and variance, {@code [channels]}
 * @param form how the graph writes it
 */
public record BatchNorm(
        String output,
        TensorName x,
        Optional<TensorName> gamma,
        Optional<TensorName> beta,
        String mean,
        String variance,
        Shape channels,
        float epsilon,
        Form form) {

    /** The two ways of writing it; their writers differ in the variance that they average, too. */
    public enum Form {
        /** A FusedBatchNorm op, as Keras 2 writes it: the moving variance takes {@code n / (n − 1)} times the batch's variance. */
        FUSED,
        /**
         * {@code x · m + (beta − mean · m)}, {@code m = gamma / √(variance + epsilon)}, as Keras 3 writes it: the moving variance takes
         * the batch's variance as it is.
         */
        DECOMPOSED
    }
}
