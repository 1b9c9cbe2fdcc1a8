package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.Shared;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Head;
import sckd.distillation.NamedHead;
import sckd.distillation.PooledHead;
import sckd.distillation.SeparableHead;
import sckd.distillation.SoftCrossEntropyLoss;
import sckd.distillation.TaskOrientedFeatureLoss;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.StudentExport;

/** Models that others published teach heads on layers of their own, and are exported as they came. */
class ImportedHeadsTest {
    private static final int CLASSES = 10;
    private static final int BATCH = 8;

    @TempDir
    private Path directory;

    /** A Keras 2 residual net by its blocks, and a plain CNN of Keras 2. */
    @ParameterizedTest
    @CsvSource({
        "resnet20-cifar10, layer1_2_relu2, layer2_2_relu2, pool",
        "wild/keras2-cifar10, conv2d, conv2d_1, dense",
    })
    void teachesItself(String name, String early, String middle, String last) throws IOException {
        var model = ClassifierModel.read(Shared.require("models/" + name));
        var heads = List.of(head("early", new SeparableHead(2), early), head("middle", new PooledHead(), middle));
        var terms = new ArrayList<DistillationTerm>();
        for (var head : heads) {
            terms.add(new DistillationTerm(
                    head.name(),
                    new SoftCrossEntropyLoss(3),
                    "self",
                    Optional.empty(),
                    Optional.of(head.logitsLayer()),
                    .3f));
            terms.add(new DistillationTerm(
                    head.name() + "-feature",
                    new TaskOrientedFeatureLoss(.03f, 0),
                    "self",
                    Optional.of(last),
                    Optional.of(head.featureLayer()),
                    1));
        }
        var student = new NamedModel("student", model, new Normalization(List.of(0f), List.of(1f)))
                .with(ModelHeads.untrained(heads));
        var data = new TrainingData(CLASSES, images(), Optional.empty(), images(), List.of());
        var sgd = new Sgd(1e-3f, .9f, false, new WeightDecay(0, false));
        var plan = new TrainingPlan(4, BATCH, sgd, new Schedule.Constant(), OptionalDouble.empty(), 1);
        var heard = new RecordingListener();
        var run = Files.createDirectory(directory.resolve("run"));

        var result = Trainer.train(
                new TrainingTask(3, data, student, List.of(), 1, terms, new CosineGate(0), plan),
                run,
                heard,
                () -> false);

        assertThat(heard.steps).hasSize(4).allSatisfy(step -> {
            assertThat(step.losses()).hasSize(4).allMatch(loss -> Float.isFinite(loss.loss()));
            assertThat(step.losses().get(0).cosine()).isNotZero();
        });
        var first = heard.steps.get(0);
        var end = Iterables.getLast(heard.steps);
        assertThat(end.supervisedLoss()).isLessThan(.9f * first.supervisedLoss());
        var exported = directory.resolve("exported");
        StudentExport.write(model, result.checkpoint().bundle(), TrainingTask.STUDENT, exported);
        assertThat(ClassifierModel.read(exported).variables()).isEqualTo(model.variables());
        assertThat(exported.resolve("saved_model.pb"))
                .hasSameBinaryContentAs(model.directory().resolve("saved_model.pb"));
        assertThat(Stream.of(exported.toFile().list())).noneMatch(file -> file.contains("heads"));
    }

    private static NamedHead head(String name, Head head, String layer) {
        return new NamedHead(name, head, layer, .7f);
    }

    private static ImageSet images() {
        var random = new Random(6);
        var pixels = new byte[BATCH * 32 * 32 * 3];
        random.nextBytes(pixels);
        return new ImageSet(pixels, random.ints(BATCH, 0, CLASSES).toArray(), 32, 32, 3);
    }
}
