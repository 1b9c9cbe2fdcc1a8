package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.data.ImageSet;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.StudentExport;

/** Models that take so many images at once and no more, beside equal ones that take any number. */
class FixedBatchTest {
    private static final int CLASSES = 3;
    private static final int IMAGES = 11;
    private static final OneLayer ANY = new OneLayer(-1, CLASSES, false);

    @TempDir
    private Path directory;

    private int written;

    @Test
    void isJudgedAsTheOpenModelIs() {
        var fixed = new OneLayer(4, CLASSES, false).write("fixed", directory.resolve("fixed"));
        assertThat(fixed.model().fixedBatch()).hasValue(4);
        var open = ANY.write("open", directory.resolve("open"));
        var expected = Evaluation.run(open, images(), CLASSES);
        var actual = Evaluation.run(fixed, images(), CLASSES);
        assertThat(actual.top1()).isEqualTo(expected.top1());
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-6));
        assertThat(actual.images()).isEqualTo(IMAGES);
    }

    /** Batches of 5 and 1 through instances of 2. */
    @Test
    void aTeacherRunsAsOftenAsABatchNeeds() {
        var fixed = new OneLayer(2, CLASSES, false).write("teacher", directory.resolve("fixed"));
        var open = ANY.write("teacher", directory.resolve("open"));
        assertThat(kernel(train("a", student(), fixed, 5)))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(kernel(train("b", student(), open, 5)));
    }

    @Test
    void aTeacherThatRunsTooOftenIsRefused() {
        var fixed = new OneLayer(2, CLASSES, false).write("teacher", directory.resolve("fixed"));
        assertThatThrownBy(() -> Trainer.check(task(student(), fixed, 33)))
                .isInstanceOf(UserException.class)
                .hasMessage("teacher (" + directory.resolve("fixed") + "): its batch is fixed at 2, training.batch-size"
                        + " is 33, and a step runs it at most 16 times; set training.batch-size to at most 32");
    }

    /** Zeros have no part in the loss. */
    @Test
    void aStudentLearnsFromSmallerBatches() {
        var teacher = ANY.write("teacher", directory.resolve("teacher"));
        var fixed = new OneLayer(4, CLASSES, false).write("student", directory.resolve("fixed"));
        var open = ANY.write("student", directory.resolve("open"));
        assertThat(kernel(train("a", fixed, teacher, 3)))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(kernel(train("b", open, teacher, 3)));
    }

    /** In batches that its graph did not take, and is written as it was: for three images. */
    @Test
    void aStudentThatWasRewrittenIsExportedAsItWas() {
        var teacher = ANY.write("teacher", directory.resolve("teacher"));
        var place = directory.resolve("student");
        var student = new OneLayer(3, CLASSES, true, true).write("student", place);
        assertThat(student.model().fixedBatch()).isEmpty();
        var trained = train("run", student, teacher, 5);
        StudentExport.write(
                student.model(), trained.checkpoint().bundle(), TrainingTask.STUDENT, directory.resolve("exported"));
        assertThat(directory.resolve("exported/saved_model.pb"))
                .hasSameBinaryContentAs(place.resolve("saved_model.pb"));
    }

    /** The same of one that keeps its batch. */
    @Test
    void aStudentWithAFixedBatchIsExported() {
        var teacher = ANY.write("teacher", directory.resolve("teacher"));
        var student = new OneLayer(3, CLASSES, false).write("student", directory.resolve("student"));
        var trained = train("run", student, teacher, 3);
        var exported = directory.resolve("exported");
        StudentExport.write(student.model(), trained.checkpoint().bundle(), TrainingTask.STUDENT, exported);
        var model = new NamedModel("student", ClassifierModel.read(exported), TwoLayers.INPUT);
        assertThat(Evaluation.run(model, images(), CLASSES).loss())
                .isCloseTo(trained.last().loss(), within(1e-6));
    }

    @Test
    void aStudentIsRefusedMoreImagesThanItTakes() {
        var teacher = ANY.write("teacher", directory.resolve("teacher"));
        var fixed = new OneLayer(4, CLASSES, false).write("student", directory.resolve("fixed"));
        assertThatThrownBy(() -> Trainer.check(task(fixed, teacher, 5)))
                .isInstanceOf(UserException.class)
                .hasMessage("student (" + directory.resolve("fixed") + "): its batch is fixed at 4, training.batch-size"
                        + " is 5; set it to at most 4");
    }

    @Test
    void aStudentWithBatchNormIsRefusedBatchesThatAreNotFull() {
        var teacher = ANY.write("teacher", directory.resolve("teacher"));
        var fixed = new OneLayer(4, CLASSES, true).write("student", directory.resolve("fixed"));
        for (int batchSize : new int[] {3, 4}) { // of 11 images the last batch of 4 has 3
            assertThatThrownBy(() -> Trainer.check(task(fixed, teacher, batchSize)))
                    .isInstanceOf(UserException.class)
                    .hasMessage("student (" + directory.resolve("fixed")
                            + "): its batch is fixed at 4, and its batch norm"
                            + " would count the zeros that fill up a smaller one; set training.batch-size (" + batchSize
                            + ") to 4 and the number of training images (11) to a multiple of it");
        }
        var whole = new OneLayer(11, CLASSES, true).write("student", directory.resolve("whole"));
        Trainer.check(task(whole, teacher, 11));
    }

    /** {@code W ← W − rate · mean (σ(x·W) − y) x}: the gradient of the binary cross-entropy. */
    @Test
    void oneSigmoidUnitLearnsByTheBinaryCrossEntropy() {
        var model = new OneLayer(-1, 1, false);
        var student = model.write("student", directory.resolve("unit"));
        var all = images();
        var labels = all.labels().clone();
        for (int i = 0; i < labels.length; i++) {
            labels[i] %= 2;
        }
        var images = new ImageSet(all.pixels(), labels, 2, 2, 1);
        var data = new TrainingData(2, images, Optional.empty(), images, List.of());
        var task = new TrainingTask(3, data, student, List.of(), 1, List.of(), new OpenGate(false), plan(IMAGES));
        var trained = kernel(train("unit-run", task));

        var expected = new double[4];
        for (int i = 0; i < 4; i++) {
            expected[i] = model.kernel()[i];
        }
        for (int n = 0; n < IMAGES; n++) {
            double z = 0;
            for (int i = 0; i < 4; i++) {
                z += x(images, n, i) * model.kernel()[i];
            }
            for (int i = 0; i < 4; i++) {
                expected[i] -= .5 / IMAGES * (1 / (1 + Math.exp(-z)) - labels[n]) * x(images, n, i);
            }
        }
        assertThat(trained).usingComparatorWithPrecision(1e-6).containsExactly(expected);
    }

    private static double x(ImageSet images, int image, int pixel) {
        return ((images.pixels()[image * 4 + pixel] & 0xff) / 255.0 - .5) / .25;
    }

    private NamedModel student() {
        return new OneLayer(-1, CLASSES, true).write("student", directory.resolve("student-" + written++));
    }

    private static ImageSet images() {
        var random = new Random(9);
        var pixels = new byte[IMAGES * 4];
        random.nextBytes(pixels);
        return new ImageSet(pixels, random.ints(IMAGES, 0, CLASSES).toArray(), 2, 2, 1);
    }

    private static TrainingPlan plan(int batchSize) {
        var sgd = new Sgd(.5f, 0, false, new WeightDecay(0, false));
        return new TrainingPlan(1, batchSize, sgd, new Schedule.Constant(), OptionalDouble.empty(), 1);
    }

    private static TrainingTask task(NamedModel student, NamedModel teacher, int batchSize) {
        var data = new TrainingData(CLASSES, images(), Optional.empty(), images(), List.of());
        var none = Optional.<String>empty();
        var term = new DistillationTerm("output", new OutputLoss(2), "teacher", none, none, 1);
        return new TrainingTask(
                3, data, student, List.of(teacher), 1, List.of(term), new OpenGate(false), plan(batchSize));
    }

    private TrainingResult train(String name, NamedModel student, NamedModel teacher, int batchSize) {
        return train(name, task(student, teacher, batchSize));
    }

    private TrainingResult train(String name, TrainingTask task) {
        var run = directory.resolve(name);
        assertThat(run.toFile().mkdir()).isTrue();
        return Trainer.train(task, run, new RecordingListener(), () -> false);
    }

    private static double[] kernel(TrainingResult result) {
        return CheckpointValues.read(result.checkpoint().bundle(), "student/" + OneLayer.KERNEL);
    }
}
