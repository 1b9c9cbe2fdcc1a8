package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.data.ImageSet;
import sckd.distillation.DistillationTerm;
import sckd.distillation.OpenGate;
import sckd.distillation.OutputLoss;

class TrainerTest {
    private static final WeightDecay NO_DECAY = new WeightDecay(0, false);

    @TempDir
    private Path directory;

    @Test
    void anAbsurdRateStopsWithoutASpoiltCheckpoint() {
        var task = SmallTask.alone(directory, constant(2, new Sgd(1e30f, 0, false, NO_DECAY)));
        assertThatThrownBy(() -> train(task))
                .isInstanceOf(UserException.class)
                .hasMessage("step 2 (epoch 1): the supervised loss is NaN; last checkpoint: none yet; "
                        + "lower learning-rate, or set clip-norm, and start anew");
        assertThat(run().resolve("checkpoints")).doesNotExist();
    }

    /** The last step's own loss and gradient are fine; what it makes of the weights is not. */
    @Test
    void weightsThatAnEpochsLastStepSpoiltAreNotSaved() {
        var plan = constant(3, new Sgd(1e-3f, 0, false, NO_DECAY));
        var spoilt = new TrainingPlan(
                plan.epochs(),
                plan.batchSize(),
                plan.optimizer(),
                position -> position.epoch() == 1 && position.step() == 4 ? 3e41 : 1,
                plan.clipNorm(),
                plan.keepCheckpoints());
        var task = SmallTask.alone(directory, spoilt);
        var kept = run().resolve("checkpoints/step-00000005");
        assertThatThrownBy(() -> train(task))
                .isInstanceOf(UserException.class)
                .hasMessageMatching(
                        "step 10 \\(epoch 2\\): variable 'student/[a-z0-9/]+' is no longer finite; last checkpoint: "
                                + kept + "; lower learning-rate, or set clip-norm, and start anew");
        assertThat(run().resolve("checkpoints")).isDirectoryContaining(path -> path.equals(kept));
        assertThat(run().resolve("checkpoints/step-00000010")).doesNotExist();
        assertThat(run().resolve("epochs.jsonl")).content().hasLineCount(1);
    }

    @Test
    void listenerHearsOfAnEpochWhenItIsSafe() throws IOException {
        var task = SmallTask.alone(directory, constant(2, SmallTask.SGD));
        var seen = new ArrayList<String>();
        var listener = new TrainingListener() {
            @Override
            public void step(StepRecord record, long images, long total) {
                seen.add("%s of %s images".formatted(images, total));
            }

            @Override
            public void epoch(EpochRecord record) {
                assertThat(run().resolve("checkpoints/step-%08d/state.json".formatted(record.steps())))
                        .exists();
                assertThat(run().resolve("epochs.jsonl")).content().hasLineCount(record.epoch());
                assertThat(run().resolve("steps.jsonl")).content().hasLineCount((int) record.steps());
                seen.add("epoch " + record.epoch());
            }
        };
        Files.createDirectory(run());
        Trainer.train(task, run(), listener, () -> false);
        assertThat(seen)
                .containsExactly(
                        "5 of 44 images",
                        "10 of 44 images",
                        "15 of 44 images",
                        "20 of 44 images",
                        "22 of 44 images",
                        "epoch 1",
                        "27 of 44 images",
                        "32 of 44 images",
                        "37 of 44 images",
                        "42 of 44 images",
                        "44 of 44 images",
                        "epoch 2");
    }

    @Test
    void epochRecordsAreMeansOverTheirImages() {
        var task = SmallTask.full(directory, constant(1, SmallTask.SGD));
        var listener = new RecordingListener();
        Trainer.train(task, createRun(), listener, () -> false);
        int[] sizes = {5, 5, 5, 5, 2};
        double loss = 0;
        double hits = 0;
        double open = 0;
        for (int i = 0; i < 5; i++) {
            loss += listener.steps.get(i).supervisedLoss() * sizes[i] / 22.0;
            hits += listener.steps.get(i).accuracy() * sizes[i];
            open += listener.steps.get(i).losses().get(1).gate() / 5.0;
        }
        var epoch = listener.epochs.get(0);
        assertThat(epoch.trainLoss()).isCloseTo(loss, within(1e-6));
        assertThat(epoch.trainAccuracy()).isEqualTo(Math.rint(hits) / 22);
        assertThat(epoch.openRates()).containsOnlyKeys("output", "hint");
        assertThat(epoch.openRates().get("hint")).isCloseTo(open, within(1e-6));
        assertThat(epoch.evaluation().images()).isEqualTo(9);
    }

    /** Held-out images that the student knows by heart after the first epoch only, test images of its own. */
    @Test
    void bestIsChosenOnHeldOutImagesAndJudgedOnTheTestImages() {
        var train = SmallTask.images(22, 1);
        var validation = SmallTask.images(12, 5);
        var test = SmallTask.images(30, 6);
        var data = new TrainingData(SmallTask.CLASSES, train, Optional.of(validation), test, List.of());
        var task = SmallTask.task(directory, data, List.of(), constant(4, SmallTask.SGD));
        var listener = new RecordingListener();
        var result = Trainer.train(task, createRun(), listener, () -> false);

        var best = listener.epochs.get(0);
        for (var epoch : listener.epochs) {
            assertThat(epoch.evaluation().images()).isEqualTo(12);
            best = epoch.evaluation().top1() > best.evaluation().top1() ? epoch : best;
        }
        assertThat(result.bestEpoch()).isEqualTo(best.epoch());
        assertThat(result.last()).isEqualTo(judge(task, result.checkpoint().bundle()));
        var bestBundle = run().resolve("checkpoints/step-%08d/variables".formatted(best.steps()));
        assertThat(result.best()).isEqualTo(judge(task, bestBundle));
        assertThat(result.last().images()).isEqualTo(30);
    }

    @Test
    void modelsForOtherClassesAreRefused() {
        var data = SmallTask.data(List.of());
        var other = new TrainingData(4, data.train(), data.validation(), data.test(), data.augmentations());
        var plan = constant(1, SmallTask.SGD);
        assertThatThrownBy(() -> Trainer.train(
                        SmallTask.task(directory, other, List.of(), plan),
                        createRun(),
                        new RecordingListener(),
                        () -> false))
                .isInstanceOf(UserException.class)
                .hasMessage("student (" + directory.resolve("student")
                        + "): its logits are for 6 classes, the data set has 4; choose a model for the same classes");
        assertThatThrownBy(() -> Evaluation.run(SmallTask.zoo(directory, "teacher", "plain-cnn-4"), data.test(), 7))
                .isInstanceOf(UserException.class)
                .hasMessage("teacher (" + directory.resolve("teacher")
                        + "): its logits are for 6 classes, the data set has 7; choose a model for the same classes");
    }

    @Test
    void aStudentWithNothingToTrainIsRefused() {
        var frozen = TwoLayers.random(1).writeFrozen("student", directory.resolve("frozen"));
        var images = new ImageSet(new byte[4 * 2 * 2], new int[4], 2, 2, 1);
        var data = new TrainingData(TwoLayers.CLASSES, images, Optional.empty(), images, List.of());
        var task = new TrainingTask(
                1, data, frozen, List.of(), 1, List.of(), new OpenGate(false), constant(1, SmallTask.SGD));
        assertThatThrownBy(() -> Trainer.check(task))
                .isInstanceOf(UserException.class)
                .hasMessage("student (" + directory.resolve("frozen") + "): has no trainable variables, so it can only "
                        + "teach; choose a student that was saved with them");
    }

    @Test
    void twoLossesOfOneNameAreRefused() {
        var none = Optional.<String>empty();
        var term = new DistillationTerm("output", new OutputLoss(4), "teacher", none, none, 1);
        var task = SmallTask.full(directory, constant(1, SmallTask.SGD));
        assertThatThrownBy(() -> new TrainingTask(
                        1,
                        task.data(),
                        task.student(),
                        task.teachers(),
                        1,
                        List.of(term, term),
                        task.gate(),
                        task.plan()))
                .hasMessage("two losses are named 'output'; expected a name for each");
    }

    @Test
    void aLossWithoutItsTeacherIsRefused() {
        var none = Optional.<String>empty();
        var term = new DistillationTerm("output", new OutputLoss(4), "techer", none, none, 1);
        var task = SmallTask.full(directory, constant(1, SmallTask.SGD));
        assertThatThrownBy(() -> new TrainingTask(
                        1, task.data(), task.student(), task.teachers(), 1, List.of(term), task.gate(), task.plan()))
                .hasMessage("loss 'output': unknown teacher 'techer'; known: teacher");
    }

    @Test
    void limitsOfAPlanAreTold() {
        assertThatThrownBy(
                        () -> new TrainingPlan(1, 1, SmallTask.SGD, new Schedule.Constant(), OptionalDouble.of(-1), 1))
                .hasMessage("clip-norm is -1.0; expected more than 0");
        assertThatThrownBy(() -> new TrainingPlan(
                        1, 1, SmallTask.SGD, new Schedule.Constant(), OptionalDouble.of(Double.POSITIVE_INFINITY), 1))
                .hasMessage("clip-norm is Infinity; expected more than 0");
    }

    private static EvaluationResult judge(TrainingTask task, Path bundle) {
        try (var session = new TrainingSession(task, Map.of())) {
            session.restore(new Checkpoints.Checkpoint(bundle.getParent(), TrainingState.START));
            return session.evaluateTest();
        }
    }

    private static TrainingPlan constant(int epochs, Optimizer optimizer) {
        return new TrainingPlan(epochs, 5, optimizer, new Schedule.Constant(), OptionalDouble.empty(), 1);
    }

    private void train(TrainingTask task) {
        Trainer.train(task, createRun(), new RecordingListener(), () -> false);
    }

    private Path run() {
        return directory.resolve("run");
    }

    private Path createRun() {
        run().toFile().mkdir();
        return run();
    }
}
