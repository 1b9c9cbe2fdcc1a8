package sckd.savedmodel;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.GraphDef;
import sckd.UserException;
import sckd.data.Normalization;

/**
 * A classifier SavedModel as read from its directory: flattened, checked, its variables bound. Plain values, nothing of the runtime is held.
 *
 * @param directory where it was read
 * @param graph the flat inference graph: no function calls, only the nodes that logits, outputs and features need
 * @param logits the tensor before the softmax, {@code [batch, classes]}
 * @param outputs of the signature, by name
 * @param features the layers that can serve as features, in the order of the graph
 * @param notes what reading changed or noticed, a sentence each, to be told to the user
 */
public record ClassifierModel(
        Path directory,
        GraphDef graph,
        ModelInput input,
        TensorName logits,
        Map<String, TensorName> outputs,
        Map<String, TensorName> features,
        List<ModelVariable> variables,
        ModelCard card,
        List<String> notes) {
    public ClassifierModel {
        outputs = Collections.unmodifiableMap(outputs); // these two keep their order
        features = Collections.unmodifiableMap(features);
        variables = List.copyOf(variables);
        notes = List.copyOf(notes);
    }

    /**
     * Reads the model; see the package for the steps.
     *
     * @throws UserException if the directory holds no whole, allowed classifier; the message says what and where
     */
    public static ClassifierModel read(Path directory) {
        return ChainLimit.guard(directory, () -> ModelReader.read(directory));
    }

    /**
     * The scaling of the model's input: the stated one, else its card's, else the data set's; none for a model that takes pixels.
     *
     * @throws UserException if one is stated that the model cannot have
     */
    public Normalization chooseScaling(Optional<Normalization> stated, Normalization ofDataSet) {
        if (!input.takesPixels()) {
            return stated.or(card::input).orElse(ofDataSet);
        }
        stated.ifPresent(scaling -> {
            throw new UserException("%s: mean and std are given, but its input '%s' takes pixels (%s); leave them out"
                    .formatted(directory, input.node(), input.dtype()));
        });
        return Normalization.ofPixels(ofDataSet.mean().size());
    }

    /** Numbers in the variables that a step trains. */
    public long trainableParameters() {
        return variables.stream()
                .filter(ModelVariable::trainable)
                .mapToLong(variable -> variable.shape().size())
                .sum();
    }

    /** The same model with another momentum of its moving averages. */
    public ClassifierModel withBatchNormMomentum(float momentum) {
        var changed = new ModelCard(card.origin(), card.sha256(), card.input(), Optional.of(momentum), card.classes());
        return new ClassifierModel(directory, graph, input, logits, outputs, features, variables, changed, notes);
    }
}
