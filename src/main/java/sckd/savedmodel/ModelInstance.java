package sckd.savedmodel;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A model's program added to a graph.
 *
 * @param logits {@code [batch, classes]}
 * @param features every feature that was asked for, by layer name
 * @param updates what a training step has to run beside the gradients: moving averages; empty in inference
 */
public record ModelInstance(Operand<TFloat32> logits, Map<String, Operand<TFloat32>> features, List<Op> updates) {
    /**
     * Adds the inference program over shared variables.
     *
     * @param images normalised, {@code [batch, height, width, channels]}
     * @param features names of layers
     * @throws sckd.UserException if a feature is unknown; names the nearest
     */
    public static ModelInstance buildInference(
            Ops tf,
            String prefix,
            ClassifierModel model,
            ModelVariables variables,
            Operand<TFloat32> images,
            List<String> features) {
        throw new UnsupportedOperationException();
    }

    /** Adds the program with training semantics: batch norm over the batch, moving averages as {@code updates}. */
    public static ModelInstance buildTraining(
            Ops tf,
            String prefix,
            ClassifierModel model,
            ModelVariables variables,
            Operand<TFloat32> images,
            List<String> features) {
        throw new UnsupportedOperationException();
    }

    /** Adds the inference program with its variables as constants and its outputs behind {@code stopGradient}: a teacher. */
    public static ModelInstance buildFrozen(
            Ops tf, String prefix, ClassifierModel model, Operand<TFloat32> images, List<String> features) {
        throw new UnsupportedOperationException();
    }
}
