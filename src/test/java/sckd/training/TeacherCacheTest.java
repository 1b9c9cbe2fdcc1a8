package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import sckd.data.Augmentation;
import sckd.data.HorizontalFlip;
import sckd.data.RandomCrop;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.FitNetsLoss;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;
import sckd.distillation.PooledHead;
import sckd.distillation.SeparableHead;
import sckd.distillation.TaskOrientedFeatureLoss;
import sckd.files.AtomicDirectory;
import sckd.zoo.Zoo;

/** A teacher that is run once for all epochs gives the bits of one that is run in every step. */
class TeacherCacheTest {
    private static final List<Augmentation> AUGMENTATIONS = List.of(new RandomCrop(1), new HorizontalFlip());

    /** One for all trainings: the cache takes equal images in other arrays for other images. */
    private static final TrainingData DATA = data(List.of(), OptionalInt.empty());

    @TempDir
    private Path directory;

    private final List<String> messages = new ArrayList<>();

    @Test
    void withoutAugmentationEveryImageIsKeptOnce() throws IOException {
        var task = task(List.of(), OptionalInt.empty());
        assertSame(train(task, TeacherCache.none(), "run"), train(task, new TeacherCache(messages::add), "kept"));
        assertThat(new TeacherCache(messages::add)
                        .outputs(task)
                        .get("teacher")
                        .logits()
                        .views())
                .hasSize(1);
    }

    @Test
    void aFixedNumberOfViewsIsKept() throws IOException {
        var task = task(AUGMENTATIONS, OptionalInt.of(2));
        assertSame(train(task, TeacherCache.none(), "run"), train(task, new TeacherCache(messages::add), "kept"));
        var views = new TeacherCache(messages::add)
                .outputs(task)
                .get("teacher")
                .logits()
                .views();
        assertThat(views).hasSize(2);
        assertThat(views.get(0)).isNotEqualTo(views.get(1));
    }

    @Test
    void epochsRepeatTheirViews() throws IOException {
        assertThat(task(AUGMENTATIONS, OptionalInt.of(2)).data().drawsOf(3)).isEqualTo(1);
        assertThat(task(AUGMENTATIONS, OptionalInt.empty()).data().drawsOf(3)).isEqualTo(3);
    }

    @Test
    void whatIsShownAnewInEveryEpochIsNotKept() {
        assertThat(new TeacherCache(messages::add).outputs(task(AUGMENTATIONS, OptionalInt.empty())))
                .isEmpty();
    }

    @Test
    void whatIsTooLargeIsNotKeptAndSaidSo() {
        assertThat(new TeacherCache(1000, messages::add).outputs(task(List.of(), OptionalInt.empty())))
                .isEmpty();
        assertThat(messages)
                .containsExactly("teacher: its outputs on 22 images are too large to be kept; it runs in every step");
    }

    @Test
    void aSecondTrainingFindsThemThere() {
        var task = task(List.of(), OptionalInt.empty());
        var cache = new TeacherCache(messages::add);
        var first = cache.outputs(task).get("teacher");
        var again = cache.outputs(task).get("teacher");
        assertThat(again.logits()).isSameAs(first.logits());
        assertThat(again.features().get("stage2")).isSameAs(first.features().get("stage2"));
    }

    @Test
    void theTimeOfASweepIsTold() {
        new TeacherCache(messages::add).outputs(task(List.of(), OptionalInt.empty()));
        assertThat(messages)
                .singleElement()
                .asString()
                .matches("teacher: its outputs on 22 images are kept; computed in \\d+\\.\\d s");
    }

    @Test
    void whatWasUsedLongestAgoMakesRoom() {
        long logits = 22 * 6 * Float.BYTES;
        var first = hinted("stage1");
        var second = hinted("stage2");
        var large = new TeacherCache(messages::add);
        long ofFirst = bytes(large, first, "stage1");
        long ofSecond = bytes(large, second, "stage2");
        messages.clear();

        var cache = new TeacherCache(logits + Math.max(ofFirst, ofSecond), messages::add);
        var before = cache.outputs(first).get("teacher");
        assertThat(cache.outputs(second).get("teacher").logits()).isSameAs(before.logits());
        var after = cache.outputs(first).get("teacher");
        assertThat(messages)
                .as("stage1 was dropped for stage2 and is computed anew")
                .hasSize(3);
        assertThat(after.logits()).as("used last").isSameAs(before.logits());
        assertThat(after.features().get("stage1").views().get(0))
                .isNotSameAs(before.features().get("stage1").views().get(0))
                .isEqualTo(before.features().get("stage1").views().get(0));

        var enough = new TeacherCache(logits + ofFirst + ofSecond, messages::add);
        messages.clear();
        enough.outputs(first);
        enough.outputs(second);
        enough.outputs(first);
        assertThat(messages).as("both are kept").hasSize(2);
    }

    /** What a training has already counts: it needs all at once. */
    @Test
    void whatATrainingUsesMakesNoRoomForTheRest() {
        var first = hinted("stage1");
        long logits = 22 * 6 * Float.BYTES;
        long ofFirst = bytes(new TeacherCache(messages::add), first, "stage1");
        messages.clear();
        var cache = new TeacherCache(logits + ofFirst, messages::add);
        cache.outputs(first);
        assertThat(cache.outputs(hinted("stage1", "stage2"))).isEmpty();
        assertThat(messages).last().asString().contains("too large to be kept");
        assertThat(cache.outputs(first)).as("nothing was dropped").isNotEmpty();
        assertThat(messages).hasSize(2);
    }

    @Test
    void whatDependsOnTheBatchIsSweptOnce() {
        var teacher = BatchMinded.write("teacher", directory.resolve("minded"));
        var hinted = taught(teacher, Optional.of(BatchMinded.CENTRED));
        var cache = new TeacherCache(messages::add);
        assertThat(cache.outputs(hinted)).isEmpty();
        assertThat(cache.outputs(hinted)).isEmpty();
        assertThat(messages)
                .containsExactly("teacher: its outputs depend on the other images of a batch; it runs in every step");
        assertThat(cache.outputs(taught(teacher, Optional.empty())))
                .as("its logits do not")
                .isNotEmpty();
    }

    private TrainingTask taught(NamedModel teacher, Optional<String> layer) {
        var term = new DistillationTerm("output", new OutputLoss(4), "teacher", layer, Optional.empty(), 0.9f);
        return new TrainingTask(
                3,
                DATA,
                SmallTask.zoo(directory, "student", "plain-cnn-2"),
                List.of(teacher),
                1,
                List.of(term),
                new CosineGate(0),
                SmallTask.plan(1, SmallTask.SGD));
    }

    private TrainingTask hinted(String... layers) {
        var terms = Stream.of(layers)
                .map(layer -> new DistillationTerm(
                        "hint-" + layer, new FitNetsLoss(), "teacher", Optional.of(layer), Optional.of("stage1"), 1))
                .toList();
        return SmallTask.task(directory, DATA, terms, SmallTask.plan(3, SmallTask.SGD));
    }

    private static long bytes(TeacherCache cache, TrainingTask task, String layer) {
        return cache.outputs(task).get("teacher").features().get(layer).bytes();
    }

    @Test
    void anotherTeacherInTheSamePlaceIsKeptAnew() throws IOException {
        var cache = new TeacherCache(messages::add);
        var before = cache.outputs(task(List.of(), OptionalInt.empty())).get("teacher");
        AtomicDirectory.delete(directory.resolve("teacher"));
        Zoo.create("plain-cnn-4", SmallTask.CLASSES, List.of(8, 8, 3), 99, directory.resolve("teacher"));
        var task = task(List.of(), OptionalInt.empty());
        var after = cache.outputs(task).get("teacher");
        assertThat(after.logits().views().get(0))
                .isNotEqualTo(before.logits().views().get(0))
                .isEqualTo(new TeacherCache(messages::add)
                        .outputs(task)
                        .get("teacher")
                        .logits()
                        .views()
                        .get(0));
    }

    /** In the first, the second and the third epoch; the third has the first's view. */
    @Test
    void aStopInAnEpochGoesOnWithItsView() throws IOException {
        var task = task(AUGMENTATIONS, OptionalInt.of(2));
        var whole = train(task, TeacherCache.none(), "whole");
        var heard = new RecordingListener();
        var place = Files.createDirectory(directory.resolve("stopped"));
        for (long stop : new long[] {2, 8, 13}) {
            assertThatThrownBy(() -> Trainer.train(
                            task, new TeacherCache(messages::add), place, heard, () -> heard.lastStep() == stop))
                    .isInstanceOf(TrainingStopped.class);
        }
        assertSame(whole, train(task, new TeacherCache(messages::add), "stopped"));
    }

    @Test
    void layersOfTrainedHeadsAreKeptByTheirContent() throws IOException {
        var one = withHeads(3);
        assertSame(train(one, TeacherCache.none(), "run"), train(one, new TeacherCache(messages::add), "kept"));
        var cache = new TeacherCache(messages::add);
        var feature = cache.outputs(one).get("teacher").features().get("heads/middle/feature");
        var logits = cache.outputs(one).get("teacher").features().get("heads/middle/logits");
        assertThat(feature.shape()).isEqualTo(Shape.of(64));
        assertThat(logits.shape()).isEqualTo(Shape.of(SmallTask.CLASSES));
        var other = cache.outputs(withHeads(4)).get("teacher").features();
        assertThat(other.get("heads/middle/logits").views().get(0))
                .isNotEqualTo(logits.views().get(0));
    }

    /** A teacher whose heads were trained with this seed. */
    private TrainingTask withHeads(long seed) throws IOException {
        var head = new NamedHead("middle", new SeparableHead(1), "stage2", 1);
        var teacher = SmallTask.zoo(directory, "teacher", "plain-cnn-4");
        var training = new TrainingTask(
                seed,
                SmallTask.data(List.of()),
                teacher.with(ModelHeads.untrained(List.of(head))),
                List.of(),
                1,
                List.of(),
                new OpenGate(false),
                SmallTask.plan(1, SmallTask.SGD));
        var place = Files.createDirectory(directory.resolve("teacher-" + seed));
        var result = Trainer.train(training, place, new RecordingListener(), () -> false);
        var heads = TrainedHeads.write(result.checkpoint().bundle(), result.heads(), place.resolve("heads"));
        var terms = List.of(
                new DistillationTerm(
                        "output",
                        new OutputLoss(4),
                        "teacher",
                        Optional.of("heads/middle/logits"),
                        Optional.empty(),
                        0.9f),
                new DistillationTerm(
                        "feature",
                        new TaskOrientedFeatureLoss(.05f, .03f),
                        "teacher",
                        Optional.of("heads/middle/feature"),
                        Optional.of("heads/early/feature"),
                        1));
        return new TrainingTask(
                3,
                SmallTask.data(List.of()),
                SmallTask.zoo(directory, "student", "plain-cnn-2")
                        .with(ModelHeads.untrained(List.of(new NamedHead("early", new PooledHead(), "stage1", .5f)))),
                List.of(teacher.with(new ModelHeads(List.of(head), Optional.of(heads)))),
                1,
                terms,
                new CosineGate(0),
                SmallTask.plan(3, SmallTask.SGD));
    }

    @Test
    void headsThatAreNotTrainedTeachNothing() throws IOException {
        var task = withHeads(3);
        var untrained = task.teachers()
                .get(0)
                .with(ModelHeads.untrained(task.teachers().get(0).heads().list()));
        var other = new TrainingTask(
                3, task.data(), task.student(), List.of(untrained), 1, task.terms(), task.gate(), task.plan());
        Trainer.check(other);
        assertThatThrownBy(() -> train(other, TeacherCache.none(), "untrained"))
                .hasMessage("%s: its heads are not trained".formatted(untrained.describe()));
    }

    private TrainingTask task(List<Augmentation> augmentations, OptionalInt views) {
        var none = Optional.<String>empty();
        var terms = List.of(
                new DistillationTerm("output", new OutputLoss(4), "teacher", none, none, 0.9f),
                new DistillationTerm(
                        "hint", new FitNetsLoss(), "teacher", Optional.of("stage2"), Optional.of("stage1"), 0.5f));
        return SmallTask.task(directory, data(augmentations, views), terms, SmallTask.plan(3, SmallTask.SGD));
    }

    private static TrainingData data(List<Augmentation> augmentations, OptionalInt views) {
        return new TrainingData(
                SmallTask.CLASSES,
                SmallTask.images(22, 1),
                Optional.empty(),
                SmallTask.images(9, 2),
                augmentations,
                views);
    }

    private Path train(TrainingTask task, TeacherCache cache, String name) {
        var place = directory.resolve(name);
        place.toFile().mkdir();
        Trainer.train(task, cache, place, new RecordingListener(), () -> false);
        return place;
    }

    private static void assertSame(Path one, Path other) throws IOException {
        assertThat(Files.readString(other.resolve("steps.jsonl")))
                .isEqualTo(Files.readString(one.resolve("steps.jsonl")));
        var last = "checkpoints/step-00000015/variables.data-00000-of-00001";
        assertThat(other.resolve(last)).hasSameBinaryContentAs(one.resolve(last));
    }
}
