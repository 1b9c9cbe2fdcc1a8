package sckd.savedmodel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import sckd.UserException;

/** Which of a model's signatures is the classifier: the one place that decides it. */
final class SignatureChoice {
    private static final int RANK_OF_LOGITS = 2;

    private final GraphDef graph;
    private final Map<String, Signature> signatures;

    private SignatureChoice(GraphDef graph, Map<String, Signature> signatures) {
        this.graph = graph;
        this.signatures = signatures;
    }

    /**
     * {@code serving_default}; else the only one that takes images and nothing more and gives float {@code [batch, classes]}; of several
     * such the only one that is not named for training; else the only one with an output {@code logits}; else the only one whose method is predict.
     *
     * @throws UserException if there is no such; lists what there is
     */
    static Signature choose(SavedModelFile file) {
        var signatures = Signature.readAll(file);
        var named = Optional.ofNullable(signatures.get(Signature.SERVING_DEFAULT));
        return named.or(() -> new SignatureChoice(file.metaGraph().getGraphDef(), signatures).find())
                .orElseThrow(() -> none(file, signatures));
    }

    private Optional<Signature> find() {
        var classifiers = signatures.values().stream()
                .filter(signature -> !signature.name().equals(Signature.FEATURES))
                .filter(this::isClassifier)
                .toList();
        return onlyOne(classifiers)
                .or(() -> onlyOne(classifiers.stream()
                        .filter(signature -> !TrainingReader.isNamedForTraining(signature))
                        .toList()))
                .or(() -> onlyOne(classifiers.stream()
                        .filter(signature -> signature.outputs().containsKey(Logits.NAME))
                        .toList()))
                .or(() -> onlyOne(signatures.values().stream()
                        .filter(signature -> signature.method().equals(Signature.PREDICT))
                        .toList()));
    }

    private static Optional<Signature> onlyOne(List<Signature> signatures) {
        return signatures.size() == 1 ? Optional.of(signatures.get(0)) : Optional.empty();
    }

    private boolean isClassifier(Signature signature) {
        var required = signature.requiredInputs(graph).values();
        return required.size() == 1
                && required.stream().allMatch(input -> ImageInput.takes(input.dtype(), input.shape()))
                && signature.outputs().values().stream().anyMatch(SignatureChoice::isLogits);
    }

    private static boolean isLogits(Signature.Tensor output) {
        return output.dtype() == DataType.DT_FLOAT
                && output.shape().numDimensions() == RANK_OF_LOGITS
                && output.shape().get(1) != 1;
    }

    private static UserException none(SavedModelFile file, Map<String, Signature> signatures) {
        return new UserException(file.path() + ": no signature to use; expected '" + Signature.SERVING_DEFAULT
                + "' or exactly one from images to float [batch, classes]; it has "
                + (signatures.isEmpty()
                        ? "none"
                        : signatures.values().stream()
                                .map(SignatureChoice::describe)
                                .collect(Collectors.joining(", "))));
    }

    /** As {@code infer (x -> logits, output)}. */
    private static String describe(Signature signature) {
        return "%s (%s -> %s)"
                .formatted(
                        signature.name(),
                        String.join(", ", signature.inputs().keySet()),
                        String.join(", ", signature.outputs().keySet()));
    }
}
