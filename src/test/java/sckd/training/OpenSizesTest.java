package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.distillation.DistillationTerm;
import sckd.distillation.FitNetsLoss;
import sckd.distillation.OpenGate;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.GraphSignature;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.SavedModelWriter;
import sckd.savedmodel.SavedVariable;
import sckd.savedmodel.StudentExport;

/** Models that take images of any size, {@code [?, ?, ?, 3]}, taught and trained on images of 8×8. */
class OpenSizesTest {
    private static final int CLASSES = 3;
    private static final Normalization INPUT = new Normalization(List.of(.5f, .5f, .5f), List.of(.25f, .25f, .25f));

    @TempDir
    private Path directory;

    @Test
    void areJudgedAndTrainedByTheirFeaturesAndExported() throws IOException {
        var teacher = write("teacher", 5, 1);
        var student = write("student", 4, 2);
        var images = images();
        assertThat(Evaluation.run(teacher, images, CLASSES).images()).isEqualTo(7);

        var listener = new RecordingListener();
        var result = Trainer.train(
                task(student, teacher, "conv", "conv/Relu:0"),
                Files.createDirectory(directory.resolve("run")),
                listener,
                () -> false);
        assertThat(listener.steps).hasSize(4);
        assertThat(listener.steps.get(3).losses().get(0).loss())
                .isLessThan(listener.steps.get(0).losses().get(0).loss());

        var exported = directory.resolve("exported");
        StudentExport.write(student.model(), result.checkpoint().bundle(), TrainingTask.STUDENT, exported);
        var judged = Evaluation.run(new NamedModel("student", ClassifierModel.read(exported), INPUT), images, CLASSES);
        assertThat(judged.loss()).isEqualTo(result.last().loss());
    }

    /** The teacher's map is 8×8 there, and of one pixel behind the mean. */
    @Test
    void anImpossiblePairIsToldBeforeTheFirstStep() {
        var teacher = write("teacher", 5, 1);
        var student = write("student", 4, 2);
        assertThatThrownBy(() -> Trainer.check(task(student, teacher, "conv", "mean")))
                .isInstanceOf(UserException.class)
                .hasMessage("loss 'hint': student feature 'student/mean/Mean' is [batch, 4], teacher feature"
                        + " 'teacher-teacher.outputs/conv' is [batch, 8, 8, 5]; expected two vectors, two rows of as many tokens, or two"
                        + " maps of which the student's has the teacher's height and width, twice or half of them:"
                        + " choose such layers");
    }

    private static TrainingTask task(NamedModel student, NamedModel teacher, String teacherLayer, String studentLayer) {
        var data = new TrainingData(CLASSES, images(), Optional.empty(), images(), List.of());
        var hint = new DistillationTerm(
                "hint", new FitNetsLoss(), "teacher", Optional.of(teacherLayer), Optional.of(studentLayer), 1);
        var sgd = new Sgd(.05f, 0, false, new WeightDecay(0, false));
        var plan = new TrainingPlan(2, 4, sgd, new Schedule.Constant(), OptionalDouble.empty(), 1);
        return new TrainingTask(3, data, student, List.of(teacher), 1, List.of(hint), new OpenGate(false), plan);
    }

    private static ImageSet images() {
        var random = new Random(9);
        var pixels = new byte[7 * 8 * 8 * 3];
        random.nextBytes(pixels);
        return new ImageSet(pixels, random.ints(7, 0, CLASSES).toArray(), 8, 8, 3);
    }

    /** A convolution, ReLU, the mean over the map, a dense layer. */
    private NamedModel write(String name, int channels, int stride) {
        var place = directory.resolve(name);
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var images = tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
            var kernel = variable(tf, "kernel", Shape.of(3, 3, 3, channels));
            var dense = variable(tf, "dense", Shape.of(channels, CLASSES));
            var conv = tf.withSubScope("conv");
            var strides = List.of(1L, (long) stride, (long) stride, 1L);
            var map = conv.nn.relu(conv.nn.conv2d(images, kernel.variable().value(), strides, "SAME"));
            var mean = tf.withSubScope("mean").math.mean(map, tf.constant(new int[] {1, 2}));
            var logits = tf.linalg.matMul(mean, dense.variable().value());
            var signature = new GraphSignature(Map.of("images", images), Map.of("p", tf.nn.softmax(logits)));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(
                            graph, List.of(kernel, dense), Map.of("serving_default", signature), ModelCard.EMPTY),
                    place);
        }
        return new NamedModel(name, ClassifierModel.read(place), INPUT);
    }

    private static SavedVariable variable(Ops tf, String name, Shape shape) {
        return SavedVariable.build(tf, name, shape, true, () -> {
            var random = new Random(name.hashCode() + shape.size());
            var values = new float[(int) shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - .5f;
            }
            return values;
        });
    }
}
