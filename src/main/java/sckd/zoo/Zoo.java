package sckd.zoo;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import sckd.Extensions;
import sckd.Nearest;
import sckd.UserException;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.ModelSettings;
import sckd.savedmodel.SavedModelWriter;

/**
 * Architectures by name: the built-in ones, and those that users add.
 *
 * <p>Their SavedModels have the signatures {@code serving_default} (from {@code images}, {@code [batch, height, width, channels]}, to
 * {@code logits} and {@code probabilities}) and {@code features} (from {@code images} to what the architecture names).
 */
public final class Zoo {
    /** Of the moving averages; PyTorch's default, which counts the other way round, is 0.1. */
    private static final float BATCH_NORM_MOMENTUM = 0.9f;

    private static final int FEWEST_CLASSES = 2;

    /** In the order in which they are listed. A name that is listed is of the family that lists it, others of the first whose form they have. */
    private static final List<Family> FAMILIES = List.of(
            Family.of(
                    "plain-cnn-DEPTH",
                    "plain-cnn-([1-9]\\d?)",
                    PlainCnn::ofName,
                    """
                    plain-cnn-2 plain-cnn-3 plain-cnn-4 plain-cnn-5 plain-cnn-6 plain-cnn-7 plain-cnn-8 plain-cnn-9 plain-cnn-10"""),
            Family.of(
                    "resnetDEPTH[x4], depth 6n + 2",
                    "resnet([1-9]\\d{0,3})(x4)?",
                    CifarResNet::ofName,
                    """
                    resnet8 resnet14 resnet20 resnet32 resnet44 resnet56 resnet110 resnet8x4 resnet32x4"""),
            Family.of(
                    "resnet18 to resnet152[-imagenet]",
                    "resnet([1-9]\\d{0,3})(-imagenet)?",
                    ResNet::ofName,
                    """
                    resnet18 resnet34 resnet50 resnet101 resnet152
                    resnet18-imagenet resnet34-imagenet resnet50-imagenet resnet101-imagenet resnet152-imagenet"""),
            Family.of(
                    "wrn-DEPTH-WIDTH, depth 6n + 4",
                    "wrn-([1-9]\\d{0,3})-([1-9]\\d?)",
                    WideResNet::ofName,
                    """
                    wrn-16-1 wrn-16-2 wrn-16-4 wrn-28-2 wrn-28-10 wrn-40-1 wrn-40-2 wrn-40-4"""),
            Family.of("vggDEPTH", "vgg([1-9]\\d?)", Vgg::ofName, "vgg8 vgg11 vgg13 vgg16 vgg19"),
            Family.of(
                    "mobilenet-v2[-xWIDTH][-imagenet]",
                    "mobilenet-v2(?:-x(\\d(?:\\.\\d{1,2})?))?(-imagenet)?",
                    MobileNetV2::ofName,
                    "mobilenet-v2 mobilenet-v2-x1 mobilenet-v2-imagenet"),
            Family.of(
                    "shufflenet-v1[-imagenet]",
                    "shufflenet-v1(-imagenet)?",
                    ShuffleNetV1::ofName,
                    "shufflenet-v1 shufflenet-v1-imagenet"),
            Family.of(
                    "shufflenet-v2[-xWIDTH][-imagenet]",
                    "shufflenet-v2(?:-x(\\d(?:\\.\\d{1,2})?))?(-imagenet)?",
                    ShuffleNetV2::ofName,
                    """
                    shufflenet-v2 shufflenet-v2-x0.5 shufflenet-v2-x1.5 shufflenet-v2-x2
                    shufflenet-v2-imagenet shufflenet-v2-x0.5-imagenet shufflenet-v2-x1.5-imagenet shufflenet-v2-x2-imagenet"""));

    private Zoo() {}

    /** The built-in ones, then those that users add. */
    private static List<Family> families() {
        var added = Extensions.find(
                ArchitectureKind.class, "architecture", ArchitectureKind::name, name -> FAMILIES.stream()
                        .anyMatch(family -> family.hasForm(name)));
        return Stream.concat(FAMILIES.stream(), added.values().stream().map(Family::of))
                .toList();
    }

    /** Names to show, in the order to list them: the published networks. The {@link #rules()} make more. */
    public static List<String> names() {
        return families().stream().flatMap(family -> family.listed().stream()).toList();
    }

    /** The forms that names have, for people, such as {@code wrn-DEPTH-WIDTH, depth 6n + 4}. */
    public static List<String> rules() {
        return families().stream().map(Family::rule).toList();
    }

    /** What is wrong with a name, in one line that names the nearest; empty if {@link #create} knows it. */
    public static Optional<String> findFault(String name) {
        try {
            return find(name, FEWEST_CLASSES).isPresent() ? Optional.empty() : Optional.of(unknown(name, ""));
        } catch (IllegalArgumentException e) {
            return Optional.of(unknown(name, " (" + e.getMessage() + ")"));
        }
    }

    private static String unknown(String name, String reason) {
        var hint = Nearest.find(name, names())
                .map(nearest -> "nearest: " + nearest)
                .orElseGet(() -> "known: " + String.join("; ", rules()));
        return "unknown architecture '" + name + "'" + reason + "; " + hint;
    }

    /**
     * What each architecture costs, in the order of {@link #names()}; those that the image is too small for are left out.
     *
     * @param imageShape height, width, channels
     * @throws UserException for fewer than 2 classes or a shape that is none
     */
    public static List<ZooEntry> list(int classes, List<Integer> imageShape) {
        checkClasses(classes);
        checkImageShape(imageShape);
        return names().stream()
                .filter(name -> fits(make(name, classes), imageShape))
                .map(name -> measure(name, classes, imageShape))
                .toList();
    }

    /**
     * Writes an untrained model as a SavedModel; the same seed gives the same bytes.
     *
     * @param imageShape height, width, channels
     * @param target a directory that does not exist or is empty
     * @throws UserException for an unknown architecture (names the nearest), an image too small for it, or a target that is taken
     */
    public static void create(String architecture, int classes, List<Integer> imageShape, long seed, Path target) {
        checkClasses(classes);
        checkImageShape(imageShape);
        var network = make(architecture, classes);
        if (!fits(network, imageShape)) {
            throw new UserException("images of %dx%d are too small for %s; expected at least %dx%d"
                    .formatted(
                            imageShape.get(0),
                            imageShape.get(1),
                            architecture,
                            network.smallestSide(),
                            network.smallestSide()));
        }
        var card =
                new ModelCard("zoo:" + architecture, "", ModelSettings.NONE.withBatchNormMomentum(BATCH_NORM_MOMENTUM));
        try (var graph = new Graph()) {
            var model = ZooModel.build(graph, network, imageShape, seed);
            SavedModelWriter.write(model.toSource(card), target);
        }
    }

    private static Architecture make(String name, int classes) {
        findFault(name).ifPresent(fault -> {
            throw new UserException(fault);
        });
        return find(name, classes).orElseThrow();
    }

    private static Optional<Architecture> find(String name, int classes) {
        var families = families();
        var byListing = families.stream().filter(family -> family.listed().contains(name));
        return Stream.concat(byListing, families.stream())
                .flatMap(family -> family.find(name, classes).stream())
                .findFirst();
    }

    private static boolean fits(Architecture architecture, List<Integer> imageShape) {
        return Math.min(imageShape.get(0), imageShape.get(1)) >= architecture.smallestSide();
    }

    /** Without the values of the variables, which take longer than the graph. */
    static ZooEntry measure(String name, int classes, List<Integer> imageShape) {
        try (var graph = new Graph()) {
            var layers =
                    ZooModel.build(graph, make(name, classes), imageShape, 0).layers();
            return new ZooEntry(name, layers.parameters(), layers.multiplyAdds());
        }
    }

    private static void checkClasses(int classes) {
        if (classes < FEWEST_CLASSES) {
            throw new UserException("classes is " + classes + "; expected at least " + FEWEST_CLASSES);
        }
    }

    private static void checkImageShape(List<Integer> shape) {
        if (shape.size() != 3 || shape.stream().anyMatch(size -> size < 1)) {
            throw new UserException("image shape is " + shape + "; expected height, width, channels, each at least 1");
        }
    }
}
