package sckd.savedmodel;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sckd.UserException;

/**
 * What can be said of a SavedModel without running it, of one that is refused as well: each step of reading is tried, and what stops it is one
 * of the {@code faults}.
 *
 * @param signatures by name
 * @param tags of the meta graph that is used
 * @param signature the one that is used; empty where none can be
 * @param input of the signature, the one that takes the images; empty where none can be
 * @param logits where they are; empty where they were not found
 * @param parameters elements of all variables that the signature reads; empty where these could not be bound
 * @param trainableParameters those of them that training moves
 * @param multiplyAdds for one image; empty where the graph leaves a size open
 * @param features the layers that can serve as features, in the order of the graph
 * @param fusedBatchNorms nodes of fused batch normalisations
 * @param decomposedBatchNorms the last sum of each that is written out, as Keras 3 does
 * @param withoutGradient ops between a trainable variable and the logits that stop training, with node and function
 * @param forbidden ops that are not allowed in a model, with node and function
 * @param settings those stated, else the card's
 * @param faults what refuses the model, a line each, the first as {@link ClassifierModel#read} says it; empty for a model that is accepted
 * @param notes what reading changed or noticed
 */
public record Inspection(
        Path directory,
        List<Signature> signatures,
        List<String> tags,
        Optional<String> signature,
        Optional<ModelInput> input,
        Optional<TensorName> logits,
        OptionalLong parameters,
        OptionalLong trainableParameters,
        OptionalLong multiplyAdds,
        List<Feature> features,
        List<String> fusedBatchNorms,
        List<String> decomposedBatchNorms,
        List<String> withoutGradient,
        List<String> forbidden,
        ModelCard card,
        ModelSettings settings,
        List<String> faults,
        List<String> notes) {

    /**
     * A signature.
     *
     * @param method such as {@code tensorflow/serving/predict}
     */
    public record Signature(String name, String method, List<Port> inputs, List<Port> outputs) {}

    /**
     * An input or output of a signature.
     *
     * @param dtype such as {@code DT_FLOAT}
     * @param shape such as {@code [?, 32, 32, 3]}
     */
    public record Port(String name, String dtype, String shape) {}

    /** A layer that can serve as a feature; the shape such as {@code [?, 8, 8, 64]}. */
    public record Feature(String name, TensorName tensor, String shape) {}

    /**
     * Inspects a model.
     *
     * @throws UserException if there is no {@code saved_model.pb} that can be parsed: then there is nothing to report
     */
    public static Inspection of(Path directory) {
        return of(directory, ModelSettings.NONE);
    }

    /** Inspects a model as it is read with these settings. See {@link #of(Path)}. */
    public static Inspection of(Path directory, ModelSettings stated) {
        return ChainLimit.guard(directory, () -> Inspector.inspect(directory, stated));
    }
}
