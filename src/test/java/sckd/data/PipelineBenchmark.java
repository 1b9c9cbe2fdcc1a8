package sckd.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;

/**
 * Images a second of the pipeline alone: read, decoded, cropped, flipped, on their way to the step. Not a test: run it as a
 * class, with the directory of an image folder and a size.
 */
final class PipelineBenchmark {
    private static final int BATCH = 64;
    private static final int EPOCHS = 3;

    private PipelineBenchmark() {}

    public static void main(String[] arguments) {
        var size = Integer.parseInt(arguments[1]);
        var reading = new ImageReading(
                Optional.of(new ImageSize(size, size)),
                ImageReading.Fit.CROP,
                .875f,
                3,
                .2f,
                1,
                true,
                RecordFeatures.DEFAULT);
        var train =
                ImageFolderReader.IMAGENET.read(Path.of(arguments[0]), reading).train();
        measure("middle", train, List.of(new HorizontalFlip()));
        measure("random-resized-crop", train, List.of(new RandomResizedCrop(.08f, 4 / 3f), new HorizontalFlip()));
    }

    private static void measure(String name, LabelledImages images, List<Augmentation> augmentations) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var indices = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
            try (var device = DeviceImages.build(tf, "train", images, augmentations, 1)) {
                var pixels = device.buildBatch(tf, indices).pixels();
                var sum = tf.reduceSum(pixels, tf.constant(new int[] {0, 1, 2, 3}));
                try (var session = new Session(graph)) {
                    device.load(session);
                    long started = 0;
                    for (int epoch = 0; epoch <= EPOCHS; epoch++) {
                        started = epoch == 1 ? System.nanoTime() : started; // the first warms up
                        var batches = new EpochOrder(images.size(), 1).batches(epoch, BATCH);
                        device.startEpoch(session, epoch);
                        device.expect(batches);
                        for (var batch : batches) {
                            var runner = session.runner();
                            try (var fed = device.feed(runner, indices, batch);
                                    var result = runner.fetch(sum).run()) {
                                // only its time matters
                            }
                        }
                    }
                    double seconds = (System.nanoTime() - started) / 1e9;
                    System.out.printf(Locale.ROOT, "%s: %.0f images/s%n", name, EPOCHS * images.size() / seconds);
                }
            }
        }
    }
}
