package sckd.data;

import java.util.List;
import java.util.Optional;
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
 * A split that lives on the device as one uint8 variable, or is streamed from its files, and the ops that cut batches from it. A step is fed sample indices,
 * of a streamed split the pixels too; what
 * is random comes from one table of stateless draws {@code [images, columns]} an epoch.
 */
public final class DeviceImages implements AutoCloseable {
    private final LabelledImages images;
    private final AugmentationChain chain;
    /** Empty: they are streamed. */
    private final Optional<StoredTensor<TUint8>> pixels;
    /** Empty: they are stored. */
    private final Optional<StreamedPixels> streamed;

    private final StoredTensor<TInt32> labels;
    private final DrawTable draws;

    private DeviceImages(Ops tf, String name, LabelledImages images, List<Augmentation> augmentations, long seed) {
        this.images = images;
        this.chain = new AugmentationChain(augmentations, images);
        this.pixels = images.streamed()
                ? Optional.empty()
                : Optional.of(StoredTensor.build(tf, name, "pixels", TUint8.class, shape(images)));
        this.streamed = images instanceof ImageFiles files
                ? Optional.of(new StreamedPixels(tf, files, chain))
                : Optional.empty();
        this.labels = StoredTensor.build(tf, name, "labels", TInt32.class, Shape.of(images.size()));
        this.draws = DrawTable.build(tf, name, images.size(), chain.draws(), seed);
    }

    /** Adds the variables and the ops of {@code images} under {@code name}, which no other in the graph may have. */
    public static DeviceImages build(
            Ops tf, String name, LabelledImages images, List<Augmentation> augmentations, long seed) {
        return new DeviceImages(tf.withSubScope(name), name, images, augmentations, seed);
    }

    /** Copies the images, or of streamed ones the labels, to the device; once in a session. */
    public void load(Session session) {
        try (var fed = new FedTensors()) {
            var runner = session.runner()
                    .feed(labels.value(), fed.add(TInt32.vectorOf(images.labels())))
                    .addTarget(labels.assign());
            pixels.ifPresent(stored -> {
                var bytes = DataBuffers.of(images.inMemory().pixels(), true, false);
                runner.feed(stored.value(), fed.add(TUint8.tensorOf(shape(images), bytes)))
                        .addTarget(stored.assign());
            });
            try (var done = runner.run()) {
                // the variables are set
            }
        }
    }

    /** Draws the epoch's table of random numbers; before the epoch's first batch, and again after a resume. */
    public void startEpoch(Session session, int epoch) {
        draws.startEpoch(session, epoch);
        streamed.ifPresent(stream -> stream.startEpoch(stream.needsDraws() ? draws.read(session) : new float[0]));
    }

    /** The batches that will be fed, in this order: streamed images are read ahead. */
    public void expect(List<int[]> batches) {
        streamed.ifPresent(stream -> stream.expect(batches));
    }

    /**
     * Feeds the samples of a batch to a run.
     *
     * @param indices as given to {@code buildBatch}
     * @return to be closed after the run
     * @throws sckd.UserException if the file of a streamed image cannot be read
     */
    public FedTensors feed(Session.Runner runner, Operand<TInt32> indices, int[] samples) {
        var fed = new FedTensors();
        runner.feed(indices, fed.add(TInt32.vectorOf(samples)));
        try {
            streamed.ifPresent(stream -> stream.feed(runner, samples, fed));
        } catch (RuntimeException e) {
            fed.close();
            throw e;
        }
        return fed;
    }

    /** Ends reading ahead. */
    @Override
    public void close() {
        streamed.ifPresent(StreamedPixels::close);
    }

    /**
     * @param indices of samples, {@code [batch]}
     */
    public Batch buildBatch(Ops tf, Operand<TInt32> indices) {
        var scope = tf.withSubScope("batch");
        var rows = buildDraws(scope, indices);
        var shown = buildShown(scope, buildOwn(scope, indices), rows);
        return chain.mix()
                .map(mix -> buildMixed(scope, mix, shown, indices, rows))
                .orElseGet(() -> new Batch(shown, labels.buildRows(scope, indices)));
    }

    /** Mixes each image with one drawn by its own random numbers, whatever its batch. */
    private Batch buildMixed(
            Ops tf, MixAugmentation mix, Operand<TFloat32> own, Operand<TInt32> indices, Operand<TFloat32> rows) {
        int first = chain.draws() - mix.draws();
        var partner = tf.math.mul(DrawColumns.buildVector(tf, rows, first), tf.constant((float) images.size()));
        // float32 rounds a count beyond 2²⁴, maybe up
        var others = tf.math.minimum(tf.dtypes.cast(partner, TInt32.class), tf.constant(images.size() - 1));
        var weights = MixWeights.build(
                tf, mix, DrawColumns.buildVector(tf, rows, first + 1), DrawColumns.buildVector(tf, rows, first + 2));
        var draws = DrawColumns.build(tf, rows, first + MixAugmentation.OWN_DRAWS, chain.draws());
        var mixture =
                mix.build(tf, own, buildShown(tf, buildOthers(tf, others), buildDraws(tf, others)), weights, draws);
        var mixed = new Batch.MixedLabels(labels.buildRows(tf, others), mixture.weights());
        return new Batch(mixture.pixels(), labels.buildRows(tf, indices), Optional.of(mixed));
    }

    private Operand<TUint8> buildOwn(Ops tf, Operand<TInt32> indices) {
        return pixels.<Operand<TUint8>>map(stored -> stored.buildRows(tf, indices))
                .orElseGet(() -> streamed.orElseThrow().own());
    }

    private Operand<TUint8> buildOthers(Ops tf, Operand<TInt32> indices) {
        return pixels.<Operand<TUint8>>map(stored -> stored.buildRows(tf, indices))
                .orElseGet(() -> streamed.orElseThrow().others());
    }

    private Operand<TFloat32> buildShown(Ops tf, Operand<TUint8> stored, Operand<TFloat32> rows) {
        // To float32 before pixels move: TensorFlow has no GPU kernel that gathers uint8 by axis.
        return chain.build(tf, tf.dtypes.cast(stored, TFloat32.class), rows);
    }

    /** The epoch's random numbers of these samples, {@code [batch, columns]}. */
    Operand<TFloat32> buildDraws(Ops tf, Operand<TInt32> indices) {
        return draws.buildRows(tf, indices);
    }

    private static Shape shape(LabelledImages images) {
        return Shape.of(images.size(), images.height(), images.width(), images.channels());
    }
}
