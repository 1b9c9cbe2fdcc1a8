package sckd.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import sckd.data.Augmentation;
import sckd.data.DataSet;
import sckd.data.DataSets;
import sckd.data.DeviceImages;
import sckd.data.EpochOrder;
import sckd.data.HorizontalFlip;
import sckd.data.ImageReading;
import sckd.data.ImageSize;
import sckd.data.Normalization;
import sckd.data.RandomResizedCrop;
import sckd.data.RecordFeatures;
import sckd.distillation.OpenGate;
import sckd.savedmodel.ClassifierModel;
import sckd.zoo.Zoo;

/**
 * Images a second of the input alone (read, decoded, cropped, flipped) beside those of the shortest of all steps, a student's own training without a
 * teacher, on the same images: streamed, and resident on the device, where nothing is read.
 * {@code java -cp … sckd.training.PipelineBenchmark DIRECTORY SIZE STUDENT}, the directory of image folders, such as {@code . 224 resnet18-imagenet}
 */
public final class PipelineBenchmark {
    private static final int BATCH = 64;
    private static final int EPOCHS = 3;

    private PipelineBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        var streamed = read(arguments, true);
        var resident = read(arguments, false);
        int size = Integer.parseInt(arguments[1]);
        var student = Files.createTempDirectory("sckd-pipeline").resolve("student");
        Zoo.create(arguments[2], streamed.classes().size(), List.of(size, size, 3), 1, student);
        System.out.printf(
                "%d images at %d×%d, %s, batch %d%n", streamed.train().size(), size, size, arguments[2], BATCH);
        measure("the middle", List.of(new HorizontalFlip()), streamed, resident, student);
        measure(
                "random-resized-crop",
                List.of(new RandomResizedCrop(.08f, 4 / 3f), new HorizontalFlip()),
                streamed,
                resident,
                student);
    }

    private static DataSet read(String[] arguments, boolean stream) {
        int size = Integer.parseInt(arguments[1]);
        var reading = new ImageReading(
                Optional.of(new ImageSize(size, size)),
                ImageReading.Fit.CROP,
                .875f,
                3,
                .2f,
                1,
                stream,
                RecordFeatures.DEFAULT);
        return DataSets.all().get("imagenet").read(Path.of(arguments[0]), reading);
    }

    private static void measure(
            String name, List<Augmentation> augmentations, DataSet streamed, DataSet resident, Path student) {
        System.out.printf(
                Locale.ROOT,
                "%s: input alone %.0f images/s; step %.0f streamed, %.0f resident%n",
                name,
                input(streamed, augmentations),
                steps(streamed, augmentations, student),
                steps(resident, augmentations, student));
    }

    private static double input(DataSet set, List<Augmentation> augmentations) {
        var images = set.train();
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var indices = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
            try (var device = DeviceImages.build(tf, "train", images, augmentations, 1)) {
                var pixels = device.buildBatch(tf, indices).pixels();
                var sum = tf.reduceSum(pixels, tf.constant(new int[] {0, 1, 2, 3}));
                try (var session = new Session(graph)) {
                    device.load(session);
                    return imagesPerSecond(images.size(), (epoch, batches) -> {
                        device.startEpoch(session, epoch);
                        device.expect(batches);
                        for (var batch : batches) {
                            var runner = session.runner();
                            try (var fed = device.feed(runner, indices, batch);
                                    var result = runner.fetch(sum).run()) {
                                // only its time matters
                            }
                        }
                    });
                }
            }
        }
    }

    private static double steps(DataSet set, List<Augmentation> augmentations, Path student) {
        var images = set.train();
        var task = new TrainingTask(
                1,
                new TrainingData(set.classes().size(), images, Optional.empty(), set.test(), augmentations),
                new NamedModel(
                        "student",
                        ClassifierModel.read(student),
                        new Normalization(List.of(.5f, .5f, .5f), List.of(.25f, .25f, .25f))),
                List.of(),
                1,
                List.of(),
                new OpenGate(false),
                new TrainingPlan(
                        EPOCHS + 1,
                        BATCH,
                        new Sgd(.01f, .9f, false, new WeightDecay(5e-4f, false)),
                        new Schedule.Constant(),
                        OptionalDouble.empty(),
                        1));
        try (var session = new TrainingSession(task, Map.of())) {
            return imagesPerSecond(images.size(), (epoch, batches) -> {
                session.startEpoch(epoch, batches);
                for (int i = 0; i < batches.size(); i++) {
                    var position = new Schedule.Position(epoch - 1, i, batches.size(), EPOCHS + 1);
                    session.step(batches.get(i), .01, position, (long) (epoch - 1) * batches.size() + i + 1);
                }
            });
        }
    }

    /** The first epoch warms up. */
    private static double imagesPerSecond(int images, Epoch epoch) {
        long started = 0;
        for (int i = 1; i <= EPOCHS + 1; i++) {
            started = i == 2 ? System.nanoTime() : started;
            epoch.run(i, new EpochOrder(images, 1).batches(i, BATCH));
        }
        return EPOCHS * images / ((System.nanoTime() - started) / 1e9);
    }

    private interface Epoch {
        void run(int number, List<int[]> batches);
    }
}
