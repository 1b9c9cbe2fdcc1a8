package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import com.google.common.primitives.Ints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationLoss;
import sckd.distillation.DistillationTerm;
import sckd.distillation.NamedHead;
import sckd.distillation.OutputLoss;
import sckd.distillation.PooledHead;
import sckd.distillation.SeparableHead;
import sckd.distillation.SoftCrossEntropyLoss;
import sckd.distillation.TaskOrientedFeatureLoss;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.StudentExport;
import sckd.zoo.Zoo;

/** Each kind of network of the zoo as a student: gated training on a few images that it learns by heart, then export. */
class ZooTrainingTest {
    private static final int CLASSES = 4;
    private static final int BATCH = 16;
    /** How often each image is in the data: as many steps an epoch, without the cost of more epochs. */
    private static final int COPIES = 5;

    private static final Normalization INPUT = new Normalization(List.of(.5f, .5f, .5f), List.of(.25f, .25f, .25f));

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "wrn-10-1, 16",
        "vgg8, 8",
        "mobilenet-v2-x0.5-imagenet, 32",
        "shufflenet-v1, 8",
        "shufflenet-v2-x0.5-imagenet, 32"
    })
    void learnsAndIsExported(String name, int side) throws IOException {
        var student = zoo("student", name, side);
        var output =
                new DistillationTerm("output", new OutputLoss(4), "teacher", Optional.empty(), Optional.empty(), .1f);
        var images = images(side, COPIES);
        var data = new TrainingData(CLASSES, images, Optional.empty(), images(side, 1), List.of());
        var optimizer = new Adam(1e-3f, .9f, .999f, 1e-7f, new WeightDecay(0, false));
        var plan = new TrainingPlan(2, BATCH, optimizer, new Schedule.Constant(), OptionalDouble.empty(), 1);
        var teachers = List.of(zoo("teacher", "plain-cnn-2", side));
        var task = new TrainingTask(3, data, student, teachers, 1, List.of(output), new CosineGate(0), plan);
        var run = Files.createDirectory(directory.resolve("run"));
        var heard = new RecordingListener();

        var result = Trainer.train(task, run, heard, () -> false);

        assertThat(heard.steps).allSatisfy(step -> {
            assertThat(step.supervisedLoss()).isFinite();
            assertThat(step.losses().get(0).cosine()).isBetween(-1f, 1f).isNotZero();
        });
        float before = heard.steps.get(0).supervisedLoss();
        float after = heard.steps.get(2 * COPIES - 1).supervisedLoss();
        assertThat(after).isLessThan(0.7f * before);
        // Reads what it has written and compares the outputs with the training's own.
        StudentExport.write(
                student.model(), result.checkpoint().bundle(), TrainingTask.STUDENT, directory.resolve("x"));
        assertThat(ClassifierModel.read(directory.resolve("x")).features().keySet())
                .containsExactlyElementsOf(student.model().features().keySet());
    }

    @ParameterizedTest
    @CsvSource({
        "wrn-10-1, 8",
        "vgg8, 8",
        "mobilenet-v2-x0.5, 16",
        "shufflenet-v1, 8",
        "shufflenet-v2-x0.5, 8",
        "resnet18, 8",
        "resnet8, 8"
    })
    void teachesItselfThroughHeads(String name, int side) {
        var heads = List.of(
                new NamedHead("deep", new SeparableHead(2), "stage1", 1),
                new NamedHead("flat", new PooledHead(), "stage2", 1),
                new NamedHead("last", new PooledHead(), "pooled", 1));
        var student = zoo("student", name, side).with(ModelHeads.untrained(heads));
        var terms = new ArrayList<DistillationTerm>();
        for (var head : List.of("deep", "flat")) {
            terms.add(bySelf(new SoftCrossEntropyLoss(3), Optional.empty(), head + "/logits"));
            terms.add(bySelf(
                    new TaskOrientedFeatureLoss(.05f, .03f), Optional.of("heads/last/feature"), head + "/feature"));
        }
        var data = new TrainingData(CLASSES, images(side, 1), Optional.empty(), images(side, 1), List.of());
        var sgd = new Sgd(.1f, .9f, false, new WeightDecay(0, false));
        var plan = new TrainingPlan(1, BATCH, sgd, new Schedule.Constant(), OptionalDouble.empty(), 1);
        Trainer.check(new TrainingTask(3, data, student, List.of(), 1, terms, new CosineGate(0), plan));
    }

    private static DistillationTerm bySelf(DistillationLoss loss, Optional<String> teacherLayer, String taught) {
        var studentLayer = Optional.of("heads/" + taught);
        return new DistillationTerm(
                taught.replace('/', '-'), loss, DistillationTerm.SELF, teacherLayer, studentLayer, .3f);
    }

    private NamedModel zoo(String name, String architecture, int side) {
        var path = directory.resolve(name);
        Zoo.create(architecture, CLASSES, List.of(side, side, 3), 1, path);
        return new NamedModel(name, ClassifierModel.read(path), INPUT);
    }

    private static ImageSet images(int side, int copies) {
        var random = new Random(5);
        var pixels = new byte[BATCH * side * side * 3];
        random.nextBytes(pixels);
        var labels = random.ints(BATCH, 0, CLASSES).toArray();
        return new ImageSet(
                Bytes.concat(Collections.nCopies(copies, pixels).toArray(byte[][]::new)),
                Ints.concat(Collections.nCopies(copies, labels).toArray(int[][]::new)),
                side,
                side,
                3);
    }
}
