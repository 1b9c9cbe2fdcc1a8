package sckd.zoo;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.tensorflow.Graph;
import sckd.Nearest;
import sckd.UserException;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.ModelSettings;
import sckd.savedmodel.SavedModelWriter;

/**
 * The built-in architectures by name.
 *
 * <p>Their SavedModels have the signatures {@code serving_default} (from {@code images}, {@code [batch, height, width, channels]}, to
 * {@code logits} and {@code probabilities}) and {@code features} (from {@code images} to what the architecture names).
 */
public final class Zoo {
    /** Of the moving averages; PyTorch's default, which counts the other way round, is 0.1. */
    private static final float BATCH_NORM_MOMENTUM = 0.9f;

    private static final List<Integer> NARROW = List.of(16, 16, 32, 64);
    private static final List<Integer> FOURFOLD = List.of(32, 64, 128, 256);

    /** From the number of classes to the network, in the order in which they are listed. */
    private static final Map<String, IntFunction<Architecture>> ARCHITECTURES =
            ImmutableMap.<String, IntFunction<Architecture>>builder()
                    .put("plain-cnn-2", classes -> PlainCnn.ofDepth(2, classes))
                    .put("plain-cnn-3", classes -> PlainCnn.ofDepth(3, classes))
                    .put("plain-cnn-4", classes -> PlainCnn.ofDepth(4, classes))
                    .put("plain-cnn-5", classes -> PlainCnn.ofDepth(5, classes))
                    .put("plain-cnn-6", classes -> PlainCnn.ofDepth(6, classes))
                    .put("plain-cnn-7", classes -> PlainCnn.ofDepth(7, classes))
                    .put("plain-cnn-8", classes -> PlainCnn.ofDepth(8, classes))
                    .put("plain-cnn-9", classes -> PlainCnn.ofDepth(9, classes))
                    .put("plain-cnn-10", classes -> PlainCnn.ofDepth(10, classes))
                    .put("resnet8", classes -> CifarResNet.ofDepth(8, NARROW, classes))
                    .put("resnet14", classes -> CifarResNet.ofDepth(14, NARROW, classes))
                    .put("resnet20", classes -> CifarResNet.ofDepth(20, NARROW, classes))
                    .put("resnet32", classes -> CifarResNet.ofDepth(32, NARROW, classes))
                    .put("resnet44", classes -> CifarResNet.ofDepth(44, NARROW, classes))
                    .put("resnet56", classes -> CifarResNet.ofDepth(56, NARROW, classes))
                    .put("resnet110", classes -> CifarResNet.ofDepth(110, NARROW, classes))
                    .put("resnet8x4", classes -> CifarResNet.ofDepth(8, FOURFOLD, classes))
                    .put("resnet32x4", classes -> CifarResNet.ofDepth(32, FOURFOLD, classes))
                    .build();

    private Zoo() {}

    /** Names, in the order to list them: {@code plain-cnn-2} … {@code resnet110}, {@code resnet8x4}, {@code resnet32x4}. */
    public static List<String> names() {
        return List.copyOf(ARCHITECTURES.keySet());
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
        return ARCHITECTURES.entrySet().stream()
                .filter(each -> fits(each.getValue().apply(classes), imageShape))
                .map(each -> measure(each.getKey(), each.getValue().apply(classes), imageShape))
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
        var network = find(architecture).apply(classes);
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

    private static IntFunction<Architecture> find(String name) {
        var found = ARCHITECTURES.get(name);
        if (found == null) {
            throw new UserException("unknown architecture '" + name + "'; " + Nearest.hint(name, names()));
        }
        return found;
    }

    private static boolean fits(Architecture architecture, List<Integer> imageShape) {
        return Math.min(imageShape.get(0), imageShape.get(1)) >= architecture.smallestSide();
    }

    private static ZooEntry measure(String name, Architecture architecture, List<Integer> imageShape) {
        try (var graph = new Graph()) {
            var layers = ZooModel.build(graph, architecture, imageShape, 0).layers();
            return new ZooEntry(name, layers.parameters(), layers.multiplyAdds());
        }
    }

    private static void checkClasses(int classes) {
        if (classes < 2) {
            throw new UserException("classes is " + classes + "; expected at least 2");
        }
    }

    private static void checkImageShape(List<Integer> shape) {
        if (shape.size() != 3 || shape.stream().anyMatch(size -> size < 1)) {
            throw new UserException("image shape is " + shape + "; expected height, width, channels, each at least 1");
        }
    }
}
