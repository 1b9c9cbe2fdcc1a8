package sckd.savedmodel;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.GraphDef;

/**
 * The program that a model itself keeps for training, flat and without side effects: what it assigned has become a tensor, the new value.
 *
 * @param origin what it is in the model, as messages name it, such as {@code signature 'train'}
 * @param graph holds the nodes that logits, features and updates need; its handles are named as those of the inference graph
 * @param logits {@code [batch, classes]}
 * @param features by the layers' names in the inference graph; a layer that has no twin here is missing
 * @param counter the placeholder of the step's number, an int64 scalar, by which random numbers are drawn; empty where none are drawn so
 * @param updates by handle, the value that a variable has after a step: moving averages, states of random number generators
 */
public record TrainingProgram(
        String origin,
        GraphDef graph,
        ModelInput input,
        TensorName logits,
        Map<String, TensorName> features,
        Optional<String> counter,
        Map<String, TensorName> updates) {
    public TrainingProgram {
        features = Collections.unmodifiableMap(features); // these two keep their order
        updates = Collections.unmodifiableMap(updates);
    }

    /** The model with this program in the place of its inference graph. */
    ClassifierModel as(ClassifierModel model) {
        return new ClassifierModel(
                model.directory(),
                graph,
                input,
                logits,
                Map.of(),
                features,
                model.variables(),
                model.card(),
                model.settings(),
                model.training(),
                model.notes());
    }
}
