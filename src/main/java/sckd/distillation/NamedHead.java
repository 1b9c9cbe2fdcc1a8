package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One auxiliary classifier of a model: which head, on which layer. Its model is trained with {@code weight · CE(logits)} beside its own cross-entropy. It adds two
 * layers to the model, {@link #featureLayer} and {@link #logitsLayer}, for losses to compare, and is no part of the model that is exported.
 *
 * @param name unique in its model
 * @param layer of the model
 * @param weight of its cross-entropy, at least 0; 0 computes and logs it without following it
 */
public record NamedHead(String name, Head head, String layer, float weight) {
    /** Begins the names of the layers and variables of all heads. */
    public static final String PREFIX = "heads/";

    public NamedHead {
        Parameters.checkAtLeast0("weight", weight);
    }

    /** {@code heads/NAME/feature}, a vector {@code [batch, channels]}. */
    public String featureLayer() {
        return PREFIX + name + "/feature";
    }

    /** {@code heads/NAME/logits}, {@code [batch, classes]} in the order of the labels. */
    public String logitsLayer() {
        return PREFIX + name + "/logits";
    }

    /** The layers that it adds. */
    public List<String> layers() {
        return List.of(featureLayer(), logitsLayer());
    }

    /**
     * Adds it with training semantics.
     *
     * @param feature of its layer
     * @param momentum of its moving averages
     * @param seed of its variables' first values
     * @throws sckd.UserException if the feature's shape does not suit it
     */
    public HeadOutput buildTraining(Ops tf, Operand<TFloat32> feature, int classes, float momentum, long seed) {
        var layers = HeadLayers.training(this, momentum, seed);
        var tensors = head.build(tf, layers, feature, classes);
        return new HeadOutput(this, tensors, layers.variables(), layers.updates());
    }

    /**
     * Adds it for inference.
     *
     * @param values of its variables
     * @param seed of the first values that {@code values} is offered
     */
    public Head.Tensors buildFrozen(
            Ops tf, Operand<TFloat32> feature, int classes, HeadLayers.Values values, long seed) {
        return head.build(tf, HeadLayers.frozen(this, values, seed), feature, classes);
    }
}
