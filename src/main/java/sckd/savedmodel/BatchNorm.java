package sckd.savedmodel;

import java.util.Optional;

/**
 * A batch normalisation of an inference graph: {@code y = gamma · (x − mean) / √(variance + epsilon) + beta} for each channel.
 *
 * @param output the node whose output 0 is y
 * @param gamma empty stands for 1
 * @param beta empty stands for 0
 * @param statistics the mean as it meets x, which says by its shape which axes of x are the channels'
 * @param mean the handle of the moving mean; empty where it is no variable
 * @param variance the handle of the moving variance; empty where it is no variable
 * @param channelsFirst whether a fused op takes axis 1 for the channels', whatever the shape of the mean
 * @param form how the graph writes it
 */
record BatchNorm(
        String output,
        TensorName x,
        Optional<TensorName> gamma,
        Optional<TensorName> beta,
        TensorName statistics,
        Optional<String> mean,
        Optional<String> variance,
        float epsilon,
        boolean channelsFirst,
        Form form) {

    /** The two ways of writing it; their writers differ in the variance that they average, too. */
    enum Form {
        /**
         * A FusedBatchNorm op, as Keras 2 and TF 1 write it for images: the moving variance takes {@code n / (n − 1)} times the batch's
         * variance.
         */
        FUSED,
        /**
         * Plain arithmetic, as Keras 3 writes it always and Keras 2 for vectors and other axes: the moving variance takes the batch's
         * variance as it is.
         */
        DECOMPOSED
    }

    /** Whether it has moving averages that training could move. */
    boolean isMoving() {
        return mean.isPresent() && variance.isPresent();
    }
}
