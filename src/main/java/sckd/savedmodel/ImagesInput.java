package sckd.savedmodel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.GraphDef;
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
     * @param stated may name it, and inputs that are given numbers
     * @throws UserException if there is no such, or more than one; lists what there is
     */
    static Signature.Tensor choose(Signature signature, GraphDef graph, InputSettings stated) {
        var others = stated.others().keySet();
        others.forEach(signature::input); // a wrong name is told first
        var chosen = stated.name()
                .map(signature::input)
                .or(() -> find(signature, graph, others))
                .orElseThrow(() -> new UserException("signature '%s' has %s"
                        .formatted(signature.name(), describe(signature.requiredInputs(graph, others)))));
        if (stated.name().filter(others::contains).isPresent()) {
            throw new UserException("signature '%s' takes its images at '%s'; expected no number for it"
                    .formatted(signature.name(), stated.name().get()));
        }
        if (chosen.name().index() != 0) {
            throw new UserException("signature '" + signature.name() + "' takes its images at " + chosen.name()
                    + "; expected the first output of a node");
        }
        return chosen;
    }

    /**
     * Empty where none is plainly the images.
     *
     * @param others names of inputs that are something else
     */
    static Optional<Signature.Tensor> find(Signature signature, GraphDef graph, Set<String> others) {
        var required = signature.requiredInputs(graph, others).values();
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

    private static String describe(Map<String, Signature.Tensor> inputs) {
        return inputs.isEmpty()
                ? "no input for the images; expected one"
                : inputs.entrySet().stream()
                        .map(input -> input.getKey() + " " + input.getValue().dtype() + " "
                                + Shapes.describe(input.getValue().shape()))
                        .collect(Collectors.joining(
                                ", ",
                                "the inputs ",
                                "; expected one that takes images: state its name (`input: {name: ...}`, --input)"));
    }
}
