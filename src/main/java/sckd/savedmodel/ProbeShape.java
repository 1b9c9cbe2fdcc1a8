package sckd.savedmodel;

import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.ndarray.Shape;
import sckd.UserException;

/** A shape of a few images that a model takes, whatever its signature leaves open. */
final class ProbeShape {
    private static final int BATCH = 4;
    /** Sizes that the usual networks were made for, in which no layer runs out of pixels. */
    private static final List<Integer> SIDES = List.of(32, 64, 96, 128, 224, 299, 331, 600);

    private static final List<Integer> CHANNELS = List.of(3, 1, 4);
    private static final int RANK_OF_IMAGES = 4;

    private ProbeShape() {}

    /** The first of some usual sizes of which TensorFlow's shape inference makes logits; the first of all where none does. */
    static Shape find(ClassifierModel model) {
        var graph = FlatGraph.of(model.graph());
        return candidates(model)
                .filter(shape -> fits(graph, model, shape))
                .findFirst()
                .orElseGet(() -> candidates(model).findFirst().orElseThrow());
    }

    private static boolean fits(FlatGraph graph, ClassifierModel model, Shape shape) {
        try {
            var input = new ModelInput(model.input().node(), model.input().dtype(), shape);
            var types =
                    TensorTypes.infer(BatchSize.set(graph, input, shape.get(0)).toGraphDef());
            return types.shape(model.logits()).isCompatibleWith(Shape.of(shape.get(0), Shape.UNKNOWN_SIZE));
        } catch (UserException e) {
            return false; // of such images it makes nothing
        }
    }

    private static Stream<Shape> candidates(ClassifierModel model) {
        return CHANNELS.stream()
                .flatMap(channels -> SIDES.stream().map(side -> shape(model, channels, side)))
                .distinct();
    }

    private static Shape shape(ClassifierModel model, int channels, int side) {
        var settings = model.settings().input();
        var size = settings.size().orElse(new ImageSize(side, side));
        boolean isFirst = settings.layout().filter(Layout.NCHW::equals).isPresent();
        var images = isFirst
                ? Shape.of(BATCH, channels, size.height(), size.width())
                : Shape.of(BATCH, size.height(), size.width(), channels);
        var stated = model.input().shape();
        if (stated.isUnknown()) {
            return images;
        }
        int behind = RANK_OF_IMAGES - stated.numDimensions(); // a rank of 5 has a 1 behind the batch, which is known
        var sizes = stated.asArray().clone();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 0) {
                sizes[i] = i == 0 ? BATCH : openSize(images, stated.numDimensions(), i, behind);
            }
        }
        return Shape.of(sizes);
    }

    private static long openSize(Shape images, int rank, int axis, int behind) {
        return switch (rank) {
            case RANK_OF_IMAGES, RANK_OF_IMAGES + 1 -> images.get(axis + behind);
            case RANK_OF_IMAGES - 1 -> images.get(axis);
            default -> images.tail().size();
        };
    }
}
