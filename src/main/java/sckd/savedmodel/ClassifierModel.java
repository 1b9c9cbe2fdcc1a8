package sckd.savedmodel;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
 * @param settings those stated where it was read, else its card's
 * @param training what it says of its own training
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
        ModelSettings settings,
        TrainingMode training,
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
        return read(directory, ModelSettings.NONE);
    }

    /** Reads the model as stated; what is not stated is as its card says. See {@link #read(Path)}. */
    public static ClassifierModel read(Path directory, ModelSettings stated) {
        return ChainLimit.guard(directory, () -> ModelReader.read(directory, stated));
    }

    /**
     * The scaling of the model's input: that of its settings, else the data set's, in the model's order of channels; none for a model that takes
     * pixels.
     */
    public Normalization scalingOr(Normalization ofDataSet) {
        if (input.takesPixels()) {
            return Normalization.OF_PIXELS;
        }
        boolean isReversed =
                settings.input().channels().filter(ChannelOrder.BGR::equals).isPresent();
        return settings.input().scaling().orElse(isReversed ? ofDataSet.reversed() : ofDataSet);
    }

    /** The same model with one more note. */
    public ClassifierModel withNote(String note) {
        var more = ImmutableList.<String>builder().addAll(notes).add(note).build();
        return with(settings, training, more);
    }

    /** How many images the model takes at once; empty where any number. Fewer are filled up with zeros. */
    public OptionalInt fixedBatch() {
        return FixedBatch.of(this).stream().mapToInt(FixedBatch::size).findFirst();
    }

    /** Whether training would normalise an image by what else is in its batch, zeros that fill it up included. */
    public boolean normalizesOverBatch() {
        return BatchNorms.findTrained(FlatGraph.of(graph), variables).stream().anyMatch(BatchNorm::isMoving);
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
        var stated = settings.withBatchNormMomentum(momentum);
        return with(stated, training.withStatedMomentum(), notes);
    }

    /** The same model with other settings of its images, classes and momentum; what was read of it stays. */
    public ClassifierModel withSettings(ModelSettings other) {
        return with(other, training, notes);
    }

    private ClassifierModel with(ModelSettings newSettings, TrainingMode newTraining, List<String> newNotes) {
        return new ClassifierModel(
                directory,
                graph,
                input,
                logits,
                outputs,
                features,
                variables,
                card,
                newSettings,
                newTraining,
                newNotes);
    }
}
