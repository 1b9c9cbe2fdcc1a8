package sckd.savedmodel;

import java.util.Optional;

/**
 * A batch normalisation of an inference graph: {@code y = gamma · (x − mean) / √(variance + epsilon) + beta} for each channel.
 *
 * @param output the node whose output 0 is y
 * @param gamma empty stands for 1
 * @param beta empty stands for 0
 * @param mean the handle of the moving mean; empty where it is no variable
 * @param variance the handle of the moving variance; empty where it is no variable
 * @param channelsLast whether the last axis of x is the channels'
 * @param form how the graph writes it
 */
record BatchNorm(
        String output,
        TensorName x,
        Optional<TensorName> gamma,
        Optional<TensorName> beta,
        Optional<String> mean,
        Optional<String> variance,
        float epsilon,
        boolean channelsLast,
        Form form) {

    /** The two ways of writing it; their writers differ in the variance that they average, too. */
    enum Form {
        /** A FusedBatchNorm op, as Keras 2 writes it: the moving variance takes {@code n / (n − 1)} times the batch's variance. */
        FUSED,
        /**
         * {@code x · m + (beta − mean · m)}, {@code m = gamma / √(variance + epsilon)}, as Keras 3 writes it: the moving variance takes
         * the batch's variance as it is.
         */
        DECOMPOSED
    }
}
