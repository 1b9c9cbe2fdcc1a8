package sckd.savedmodel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import sckd.Nearest;
import sckd.UserException;

/** Which of a model's signatures is the classifier: the one place that decides it. */
final class SignatureChoice {
    private static final int RANK_OF_LOGITS = 2;

    private final GraphDef graph;
    private final Map<String, Signature> signatures;
    private final Map<String, Double> others;

    private SignatureChoice(GraphDef graph, Map<String, Signature> signatures, Map<String, Double> others) {
        this.graph = graph;
        this.signatures = signatures;
        this.others = others;
    }

    /**
     * The stated one; else {@code serving_default}; else the only one that takes images and nothing more, or beside them what {@link OtherInputs} knows of, and
     * gives float {@code [batch, classes]}; of several such the only one that is not named for training; else the only one with an output {@code logits}; else the
     * only one whose method is predict.
     *
     * @throws UserException if there is no such; lists what there is, or names the nearest
     */
    static Signature choose(SavedModelFile file, ModelSettings settings) {
        var signatures = Signature.readAll(file);
        if (settings.signature().isPresent()) {
            return named(file, signatures, settings.signature().get());
        }
        var named = Optional.ofNullable(signatures.get(Signature.SERVING_DEFAULT));
        return named.or(() -> new SignatureChoice(
                                file.metaGraph().getGraphDef(),
                                signatures,
                                settings.input().others())
                        .find())
                .orElseThrow(() -> none(file, signatures));
    }

    private static Signature named(SavedModelFile file, Map<String, Signature> signatures, String name) {
        var signature = signatures.get(name);
        if (signature == null) {
            throw new UserException("%s: no signature '%s'; %s"
                    .formatted(
                            file.path(),
                            name,
                            signatures.isEmpty() ? "it has none" : Nearest.hint(name, signatures.keySet())));
        }
        return signature;
    }

    private Optional<Signature> find() {
        return findClassifier(signature ->
                        signature.requiredInputs(graph, others.keySet()).size() == 1)
                .or(() -> findClassifier(signature -> true))
                .or(() -> onlyOne(signatures.values().stream()
                        .filter(signature -> signature.method().equals(Signature.PREDICT))
                        .toList()));
    }

    private Optional<Signature> findClassifier(Predicate<Signature> also) {
        var classifiers = signatures.values().stream()
                .filter(signature -> !signature.name().equals(Signature.FEATURES))
                .filter(this::isClassifier)
                .filter(also)
                .toList();
        return onlyOne(classifiers)
                .or(() -> onlyOne(classifiers.stream()
                        .filter(signature -> !TrainingReader.isNamedForTraining(signature))
                        .toList()))
                .or(() -> onlyOne(classifiers.stream()
                        .filter(signature -> signature.outputs().containsKey(Logits.NAME))
                        .toList()));
    }

    private static Optional<Signature> onlyOne(List<Signature> signatures) {
        return signatures.size() == 1 ? Optional.of(signatures.get(0)) : Optional.empty();
    }

    private boolean isClassifier(Signature signature) {
        return ImagesInput.find(signature, graph, others.keySet())
                        .filter(images -> ImageInput.takes(images.dtype(), images.shape()))
                        .filter(images -> needsNoMore(signature, images))
                        .isPresent()
                && signature.outputs().values().stream().anyMatch(SignatureChoice::isLogits);
    }

    private boolean needsNoMore(Signature signature, Signature.Tensor images) {
        var known = OtherInputs.find(signature, images.name().node(), graph, others).stream()
                .map(OtherInput::tensor)
                .collect(Collectors.toSet());
        return signature.requiredInputs(graph, others.keySet()).values().stream()
                .allMatch(input -> input.equals(images) || known.contains(input));
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
                                        .collect(Collectors.joining(", "))
                                + "; state `signature`, the name of one"));
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
