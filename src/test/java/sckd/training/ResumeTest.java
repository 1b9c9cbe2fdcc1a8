package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import example.SteadyGate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sckd.Shared;
import sckd.UserException;
import sckd.data.ImageSet;
import sckd.data.Normalization;
import sckd.distillation.AdaptersAlwaysLearn;
import sckd.distillation.AggregateGate;
import sckd.distillation.AttentionTransferLoss;
import sckd.distillation.CorrelationLoss;
import sckd.distillation.CosineGate;
import sckd.distillation.DecoupledLoss;
import sckd.distillation.DistillationLoss;
import sckd.distillation.DistillationTerm;
import sckd.distillation.EmaGate;
import sckd.distillation.Gate;
import sckd.distillation.InverseGate;
import sckd.distillation.NamedHead;
import sckd.distillation.OpenGate;
import sckd.distillation.OpenRates;
import sckd.distillation.PerVariableGate;
import sckd.distillation.PooledHead;
import sckd.distillation.ProductGate;
import sckd.distillation.ProjectGate;
import sckd.distillation.RandomGate;
import sckd.distillation.RelationalLoss;
import sckd.distillation.ScaledGate;
import sckd.distillation.ScheduleGate;
import sckd.distillation.SeparableHead;
import sckd.distillation.SimilarityLoss;
import sckd.distillation.SoftCrossEntropyLoss;
import sckd.distillation.TaskOrientedFeatureLoss;
import sckd.distillation.Temperature;
import sckd.distillation.WeightedGate;
import sckd.files.AtomicDirectory;
import sckd.savedmodel.ClassifierModel;

/** A training that is stopped and resumed ends with the bits of one that is not. */
class ResumeTest {
    private static final int EPOCHS = 3;

    @TempDir
    private Path directory;

    @Test
    void sgdGoesOnBitForBitWhereverItWasStopped() throws IOException {
        var task = SmallTask.full(directory, SmallTask.plan(EPOCHS, SmallTask.SGD));
        var whole = run(task, "whole", Set.of());
        // the first step, within an epoch, an epoch's last, the next epoch's first, the last of all but one, the last
        var stopped = run(task, "stopped", Set.of(1L, 3L, 5L, 6L, 14L, 15L));
        assertThat(stopped.stops).containsExactly(1L, 3L, 5L, 6L, 14L, 15L);
        assertSame(whole, stopped);
        assertThat(stopped.listener.steps).isEqualTo(whole.listener.steps);
        for (var kept : List.of("adapter/hint/kernel", "optimizer/momentum/adapter/hint/kernel")) {
            var values = CheckpointValues.read(stopped.result.checkpoint().bundle(), kept);
            assertThat(values).as(kept).hasSize(3 * 3 * 16 * 32).doesNotContain(0);
        }
    }

    @Test
    void adamGoesOnBitForBit() throws IOException {
        var adam = new Adam(0.01f, 0.9f, 0.999f, 1e-7f, new WeightDecay(0.01f, true));
        var task = SmallTask.full(directory, SmallTask.plan(EPOCHS, adam));
        assertSame(run(task, "whole", Set.of()), run(task, "stopped", Set.of(2L, 8L)));
    }

    static List<Gate> gates() {
        return List.of(
                new OpenGate(false),
                new OpenGate(true),
                new WeightedGate(),
                new InverseGate(0),
                new AggregateGate(0),
                new PerVariableGate(0),
                new EmaGate(.3f, .1f),
                new ProjectGate(),
                new ScheduleGate(ScheduleGate.Shape.LINEAR, 2, 1, 0),
                new RandomGate(new OpenRates.Fixed(.5f)),
                new ProductGate(List.of(
                        new EmaGate(.3f, .1f),
                        new ScheduleGate(ScheduleGate.Shape.LINEAR, 2, .5f, 1),
                        new RandomGate(new OpenRates.Fixed(.5f)))),
                new ScaledGate(new OpenRates.Fixed(.5f)),
                new AdaptersAlwaysLearn(new CosineGate(.5f)));
    }

    @ParameterizedTest
    @MethodSource("gates")
    void everyGateTrainsAndGoesOnBitForBit(Gate gate) throws IOException {
        var task =
                SmallTask.full(directory, SmallTask.plan(EPOCHS, SmallTask.SGD)).withGate(gate);
        var whole = run(task, "whole", Set.of());
        assertSame(whole, run(task, "stopped", Set.of(7L, 10L)));
        for (int k = 0; k < task.terms().size(); k++) {
            int loss = k;
            double mean = whole.listener.steps.stream()
                    .mapToDouble(step -> step.losses().get(loss).gate())
                    .average()
                    .orElseThrow();
            assertThat(whole.result.openRates().get(task.terms().get(k).name())).isEqualTo(mean, within(1e-9));
        }
    }

    @Test
    void aUsersGateThatRemembersGoesOnBitForBit() throws IOException {
        var gate = new SteadyGate(.3f);
        var task =
                SmallTask.full(directory, SmallTask.plan(EPOCHS, SmallTask.SGD)).withGate(gate);
        var whole = run(task, "whole", Set.of());
        assertSame(whole, run(task, "stopped", Set.of(5L, 9L)));
        for (int next : new int[] {6, 10}) {
            var output = whole.listener.steps.get(next - 1).losses().get(0);
            assertThat(output.cosine()).as("decides nothing").isLessThan(gate.threshold());
            assertThat(output.gate()).as("open because it was").isEqualTo(1);
        }
    }

    static List<DistillationLoss> losses() {
        return List.of(
                new SoftCrossEntropyLoss(3),
                new DecoupledLoss(1, 8, 4),
                new CorrelationLoss(1, 1, 4),
                new AttentionTransferLoss(),
                new SimilarityLoss(),
                new RelationalLoss(25, 50));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void everyLossTrainsAndGoesOnBitForBit(DistillationLoss loss) throws IOException {
        boolean ofFeatures = loss.source() == DistillationLoss.Source.FEATURE;
        var layer = Optional.of("stage1").filter(name -> ofFeatures);
        var term = new DistillationTerm("loss", loss, "teacher", layer, layer, 0.5f);
        var plan = SmallTask.plan(EPOCHS, SmallTask.SGD);
        var task = SmallTask.task(directory, SmallTask.data(List.of()), List.of(term), plan);
        var whole = run(task, "whole", Set.of());
        assertSame(whole, run(task, "stopped", Set.of(7L)));
        assertThat(whole.listener.steps).allMatch(step -> step.losses().get(0).loss() > 0);
    }

    @Test
    void headsGoOnBitForBit() throws IOException {
        var full = SmallTask.full(directory, SmallTask.plan(EPOCHS, SmallTask.SGD));
        var heads = List.of(
                new NamedHead("deep", new SeparableHead(2), "stage1", .7f),
                new NamedHead("flat", new PooledHead(), "stage1", .3f));
        var terms = new ArrayList<>(full.terms());
        terms.add(new DistillationTerm(
                "own",
                new SoftCrossEntropyLoss(new Temperature(1, 4)),
                "self",
                Optional.empty(),
                Optional.of("heads/deep/logits"),
                .3f));
        terms.add(new DistillationTerm(
                "own-feature",
                new TaskOrientedFeatureLoss(.03f, 0),
                "self",
                Optional.of("heads/deep/feature"),
                Optional.of("heads/flat/feature"),
                1));
        var student = full.student().with(ModelHeads.untrained(heads));
        var task = new TrainingTask(3, full.data(), student, full.teachers(), 1, terms, new CosineGate(0), full.plan());
        var whole = run(task, "whole", Set.of());
        var stopped = run(task, "stopped", Set.of(3L, 5L, 7L));
        assertSame(whole, stopped);
        assertThat(stopped.listener.steps).isEqualTo(whole.listener.steps);
        var bundle = stopped.result.checkpoint().bundle();
        assertThat(CheckpointValues.read(bundle, "heads/deep/block1/first/norm/moving_mean"))
                .hasSize(16)
                .doesNotContain(0);
        var first = whole.listener.steps.get(0);
        var last = whole.listener.steps.get(whole.listener.steps.size() - 1);
        assertThat(last.heads().get(0).loss()).isLessThan(first.heads().get(0).loss());
    }

    @Test
    void aStudentsOwnTrainingProgramGoesOnWithItsDropout() throws IOException {
        var model = ClassifierModel.read(Shared.require("models/wild/keras2-mlp"));
        assertThat(model.training().program()).isPresent();
        var scaling = new Normalization(List.of(0f), List.of(1f));
        var task = new TrainingTask(
                3,
                new TrainingData(10, digits(22, 1), Optional.empty(), digits(9, 2), List.of()),
                new NamedModel("student", model, scaling),
                List.of(),
                1,
                List.of(),
                new OpenGate(false),
                SmallTask.plan(EPOCHS, SmallTask.SGD));
        assertSame(run(task, "whole", Set.of()), run(task, "stopped", Set.of(1L, 8L)));
    }

    private static ImageSet digits(int count, long seed) {
        var random = new Random(seed);
        var pixels = new byte[count * 28 * 28];
        random.nextBytes(pixels);
        return new ImageSet(pixels, random.ints(count, 0, 10).toArray(), 28, 28, 1);
    }

    @Test
    void aFinishedTrainingTellsItsResultAgain() throws IOException {
        var task = SmallTask.full(directory, SmallTask.plan(1, SmallTask.SGD));
        var first = run(task, "run", Set.of());
        var again = run(task, "run", Set.of());
        assertThat(again.result).isEqualTo(first.result);
        assertThat(again.listener.steps).isEmpty();
        assertThat(Files.readAllLines(directory.resolve("run/epochs.jsonl"))).hasSize(1);
    }

    @Test
    void linesOfStepsThatAreDoneAgainAreDropped() throws IOException {
        var task = SmallTask.full(directory, SmallTask.plan(EPOCHS, SmallTask.SGD));
        var whole = run(task, "whole", Set.of());
        assertThatThrownBy(() -> run(task, directory.resolve("killed"), new RecordingListener(), Set.of(7L)))
                .isInstanceOf(TrainingStopped.class)
                .hasMessage(
                        "stopped after step 7; checkpoint: " + directory.resolve("killed/checkpoints/step-00000007"));
        // as a process leaves it that is killed after it wrote more, half a line at the end
        var log = directory.resolve("killed/steps.jsonl");
        Files.writeString(log, Files.readString(log) + "{\"epoch\":2,\"step\":8}\n{\"epo");
        assertSame(whole, run(task, "killed", Set.of()));
    }

    @Test
    void aCheckpointWithoutItsVariablesIsOneLine() throws IOException {
        var task = SmallTask.alone(directory, SmallTask.plan(2, SmallTask.SGD));
        var newest = run(task, "run", Set.of()).result.checkpoint();
        Files.delete(newest.directory().resolve("variables.data-00000-of-00001"));
        assertThatThrownBy(() -> run(task, "run", Set.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(newest.directory() + ": damaged checkpoint: ")
                .hasMessageContaining("variables.data-00000-of-00001")
                .hasMessageEndingWith("; remove it to go on from the one before");
        AtomicDirectory.delete(newest.directory());
        var again = run(task, "run", Set.of());
        assertThat(again.listener.steps).extracting(StepRecord::epoch).containsOnly(2);
        assertThat(Files.readAllLines(directory.resolve("run/epochs.jsonl"))).hasSize(2);
    }

    @Test
    void aDiskThatDoesNotTakeTheVariablesIsAnIoError() throws IOException {
        var task = SmallTask.alone(directory, SmallTask.plan(1, SmallTask.SGD));
        var file = Files.writeString(directory.resolve("file"), "in the way of a directory");
        try (var session = new TrainingSession(task, Map.of())) {
            assertThatThrownBy(() -> session.save(file.resolve("variables")))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    /** A training, as often stopped and resumed as it takes. */
    private record Run(Path directory, TrainingResult result, RecordingListener listener, List<Long> stops) {}

    private Run run(TrainingTask task, String name, Set<Long> stops) {
        var listener = new RecordingListener();
        var stopped = new ArrayList<Long>();
        var place = directory.resolve(name);
        while (true) {
            try {
                return new Run(place, run(task, place, listener, stops), listener, stopped);
            } catch (TrainingStopped e) {
                stopped.add(listener.lastStep());
            }
        }
    }

    private static TrainingResult run(TrainingTask task, Path place, RecordingListener listener, Set<Long> stops) {
        place.toFile().mkdir();
        return Trainer.train(task, place, listener, () -> stops.contains(listener.lastStep()));
    }

    private static void assertSame(Run whole, Run stopped) throws IOException {
        assertThat(Files.readString(stopped.directory.resolve("steps.jsonl")))
                .isEqualTo(Files.readString(whole.directory.resolve("steps.jsonl")));
        assertThat(epochs(stopped)).isEqualTo(epochs(whole));
        var last = "checkpoints/step-%08d/".formatted(EPOCHS * SmallTask.STEPS_IN_EPOCH);
        for (var file : List.of("variables.index", "variables.data-00000-of-00001")) {
            assertThat(stopped.directory.resolve(last + file))
                    .hasSameBinaryContentAs(whole.directory.resolve(last + file));
        }
        assertThat(withoutTime(stopped.result)).isEqualTo(withoutTime(whole.result));
    }

    private static List<ObjectNode> epochs(Run run) throws IOException {
        var mapper = new JsonMapper();
        var lines = new ArrayList<ObjectNode>();
        for (var line : Files.readAllLines(run.directory.resolve("epochs.jsonl"))) {
            var epoch = (ObjectNode) mapper.readTree(line);
            assertThat(epoch.remove("seconds").asDouble()).isPositive();
            lines.add(epoch);
        }
        assertThat(lines).hasSize(EPOCHS);
        return lines;
    }

    private static List<Object> withoutTime(TrainingResult result) {
        return List.of(result.last(), result.best(), result.bestEpoch(), result.openRates(), result.steps());
    }
}
