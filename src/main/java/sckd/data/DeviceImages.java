package sckd.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import sckd.graph.StoredTensor;

/**
 * A split that lives on the device as one uint8 variable, and the ops that cut batches from it. A step is fed sample indices only; crop and
 * flip are gathers whose indices come from one table of stateless draws {@code [images, columns]} an epoch.
 */
public final class DeviceImages {
    private final ImageSet images;
    private final List<Augmentation> augmentations;
    private final StoredTensor<TUint8> pixels;
    private final StoredTensor<TInt32> labels;
    private final DrawTable draws;

    private DeviceImages(Ops tf, String name, ImageSet images, List<Augmentation> augmentations, long seed) {
        this.images = images;
        this.augmentations = List.copyOf(augmentations);
        this.pixels = StoredTensor.build(tf, name, "pixels", TUint8.class, shape(images));
        this.labels = StoredTensor.build(tf, name, "labels", TInt32.class, Shape.of(images.size()));
        int columns = augmentations.stream().mapToInt(Augmentation::draws).sum();
        this.draws = DrawTable.build(tf, name, images.size(), columns, seed);
    }

    /** Adds the variables and the ops of {@code images} under {@code name}, which no other in the graph may have. */
    public static DeviceImages build(
            Ops tf, String name, ImageSet images, List<Augmentation> augmentations, long seed) {
        return new DeviceImages(tf.withSubScope(name), name, images, augmentations, seed);
    }

    /** Copies the images to the device; once in a session. */
    public void load(Session session) {
        try (var pixelBytes = TUint8.tensorOf(shape(images), DataBuffers.of(images.pixels(), true, false));
                var classIds = TInt32.vectorOf(images.labels());
                var done = session.runner()
                        .feed(pixels.value(), pixelBytes)
                        .feed(labels.value(), classIds)
                        .addTarget(pixels.assign())
                        .addTarget(labels.assign())
                        .run()) {
            // both variables are set
        }
    }

    /** Draws the epoch's table of random numbers; before the epoch's first batch, and again after a resume. */
    public void startEpoch(Session session, int epoch) {
        draws.startEpoch(session, epoch);
    }

    /**
     * @param indices of samples, {@code [batch]}
     */
    public Batch buildBatch(Ops tf, Operand<TInt32> indices) {
        var scope = tf.withSubScope("batch");
        var stored = pixels.buildRows(scope, indices);
        // To float32 before pixels move: TensorFlow has no GPU kernel that gathers uint8 by axis.
        Operand<TFloat32> shown = scope.dtypes.cast(stored, TFloat32.class);
        if (!augmentations.isEmpty()) {
            shown = buildAugmented(scope, shown, indices);
        }
        return new Batch(shown, labels.buildRows(scope, indices));
    }

    private Operand<TFloat32> buildAugmented(Ops tf, Operand<TFloat32> shown, Operand<TInt32> indices) {
        var rows = buildDraws(tf, indices);
        var source = PixelSource.buildIdentity(tf, images.height(), images.width());
        int end = augmentations.stream().mapToInt(Augmentation::draws).sum();
        for (int i = augmentations.size() - 1; i >= 0; i--) {
            var augmentation = augmentations.get(i);
            end -= augmentation.draws();
            var own =
                    tf.slice(rows, tf.constant(new int[] {0, end}), tf.constant(new int[] {-1, augmentation.draws()}));
            source = augmentation.build(tf, source, own);
        }
        return source.buildPixels(tf, shown, images.channels());
    }

    /** The epoch's random numbers of these samples, {@code [batch, columns]}. */
    Operand<TFloat32> buildDraws(Ops tf, Operand<TInt32> indices) {
        return draws.buildRows(tf, indices);
    }

    private static Shape shape(ImageSet images) {
        return Shape.of(images.size(), images.height(), images.width(), images.channels());
    }
}
