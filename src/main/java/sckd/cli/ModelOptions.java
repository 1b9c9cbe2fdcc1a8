package sckd.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;
import sckd.UserException;
import sckd.savedmodel.ChannelOrder;
import sckd.savedmodel.ClassNames;
import sckd.savedmodel.ImageSize;
import sckd.savedmodel.InputSettings;
import sckd.savedmodel.Layout;
import sckd.savedmodel.ModelSettings;
import sckd.savedmodel.Scaling;

/** How a model is read and given its images, for every command that reads one. */
final class ModelOptions {
    @Option(
            names = "--tags",
            split = ",",
            paramLabel = "TAG",
            description = "All tags of the meta graph to read; default: that of 'serve', or the only one.")
    private List<String> tags;

    @Option(
            names = "--signature",
            paramLabel = "NAME",
            description = "The signature to use; default: serving_default, or the only one of a classifier.")
    private String signature;

    @Option(names = "--input", paramLabel = "NAME", description = "The input of the signature that takes the images.")
    private String input;

    @Option(
            names = "--output",
            paramLabel = "NAME",
            description = "The output of the signature, or the tensor of the graph, with the logits or probabilities.")
    private String output;

    @Option(
            names = "--scale",
            paramLabel = "X",
            converter = Scale.class,
            description = "The model's input is (pixel * scale - mean) / std; such as 1/127.5, default: 1/255.")
    private Float scale;

    @Option(
            names = "--mean",
            paramLabel = "RGB",
            converter = Channels.Converter.class,
            description =
                    "Of scaled pixels, for each channel in the model's order, or one for all, such as .485,.456,.406.")
    private Channels mean;

    @Option(
            names = "--std",
            paramLabel = "RGB",
            converter = Channels.Converter.class,
            description = "Standard deviation, likewise.")
    private Channels std;

    @Option(
            names = "--size",
            paramLabel = "HxW",
            converter = Size.class,
            description = "Resize the images to it (bilinear), such as 224x224.")
    private ImageSize size;

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            description = "The order of its axes: ${COMPLETION-CANDIDATES}; default: found by their sizes.")
    private Layout layout;

    @Option(
            names = "--channels",
            paramLabel = "ORDER",
            description = "The order of its channels: ${COMPLETION-CANDIDATES}; default: RGB.")
    private ChannelOrder channels;

    @Option(
            names = "--feed",
            split = ",",
            paramLabel = "NAME=NUMBER",
            description = "What each element of another input of the signature is given, such as angle=.5.")
    private Map<String, Double> others = Map.of();

    @Option(
            names = "--classes",
            paramLabel = "FILE",
            description = "A text file with the name of a class on each line, in the order of the logits.")
    private Path classes;

    @Option(
            names = "--trust-ops",
            split = ",",
            paramLabel = "OP",
            description = "Op kinds that this model may hold though they are not allowed; never kept in a model.")
    private List<String> trustedOps = List.of();

    /** The settings asked for. */
    ModelSettings find() {
        try {
            return new ModelSettings(
                    Optional.ofNullable(tags).map(ModelOptions::withoutEmpty),
                    Optional.ofNullable(signature),
                    findInput(),
                    Optional.ofNullable(output),
                    classes == null ? List.of() : ClassNames.read(classes),
                    Optional.empty(),
                    Set.copyOf(trustedOps));
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage(), e);
        }
    }

    /** {@code --tags ""} is the meta graph without tags. */
    private static List<String> withoutEmpty(List<String> tags) {
        return tags.equals(List.of("")) ? List.of() : tags;
    }

    private InputSettings findInput() {
        return new InputSettings(
                Optional.ofNullable(input),
                Scaling.of(
                        Optional.ofNullable(scale),
                        Optional.ofNullable(mean).map(Channels::values),
                        Optional.ofNullable(std).map(Channels::values)),
                Optional.ofNullable(size),
                Optional.ofNullable(layout),
                Optional.ofNullable(channels),
                checkFinite(others));
    }

    private static Map<String, Double> checkFinite(Map<String, Double> numbers) {
        numbers.forEach((name, number) -> {
            if (!Double.isFinite(number)) {
                throw new UserException("--feed %s=%s: expected a finite number".formatted(name, number));
            }
        });
        return numbers;
    }
}
