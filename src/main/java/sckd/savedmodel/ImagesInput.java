package sckd.savedmodel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorflow.proto.GraphDef;
import sckd.Nearest;
import sckd.UserException;

/** Which input of a signature takes the images: the one place that decides it. */
final class ImagesInput {
    private static final int RANK_OF_IMAGES = 4;

    private ImagesInput() {}

    /**
     * The stated one; else the only one that has no default; else of several such the only one that has the axes of images with channels, or
     * of images without, or that images can be put into at all.
     *
     * @param graph that the signature is of
     * @throws UserException if there is no such, or more than one; lists what there is
     */
    static Signature.Tensor choose(Signature signature, GraphDef graph, Optional<String> stated) {
        var chosen = stated.map(name -> named(signature, name))
                .or(() -> find(signature, graph))
                .orElseThrow(
                        () -> new UserException(
                                "signature '" + signature.name() + "' has "
                                        + (signature.inputs().isEmpty()
                                                ? "no input; expected one, the images"
                                                : "the inputs " + describe(signature.requiredInputs(graph))
                                                        + "; expected one that takes images: state its name (`input: {name: ...}`, --input)")));
        if (chosen.name().index() != 0) {
            throw new UserException("signature '" + signature.name() + "' takes its images at " + chosen.name()
                    + "; expected the first output of a node");
        }
        return chosen;
    }

    /** Empty where none is plainly the images. */
    static Optional<Signature.Tensor> find(Signature signature, GraphDef graph) {
        var required = signature.requiredInputs(graph).values();
        if (required.size() == 1) {
            return required.stream().findFirst();
        }
        var images = required.stream()
                .filter(input -> ImageInput.takes(input.dtype(), input.shape()))
                .toList();
        return findOnly(images, RANK_OF_IMAGES)
                .or(() -> findOnly(images, RANK_OF_IMAGES - 1))
                .or(() -> findOnly(images, 0));
    }

    /** The only one of at least that many axes; one of which they are not known has any number. */
    private static Optional<Signature.Tensor> findOnly(List<Signature.Tensor> images, int leastRank) {
        var found = images.stream()
                .filter(input -> input.shape().isUnknown() || input.shape().numDimensions() >= leastRank)
                .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static Signature.Tensor named(Signature signature, String name) {
        var input = signature.inputs().get(name);
        if (input == null) {
            throw new UserException("signature '%s' has no input '%s'; %s"
                    .formatted(
                            signature.name(),
                            name,
                            Nearest.hint(name, signature.inputs().keySet())));
        }
        return input;
    }

    private static String describe(Map<String, Signature.Tensor> inputs) {
        return inputs.entrySet().stream()
                .map(input -> input.getKey() + " " + input.getValue().dtype() + " "
                        + Shapes.describe(input.getValue().shape()))
                .collect(Collectors.joining(", "));
    }
}
