package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import sckd.autodiff.TestGraph;
import sckd.data.EpochOrder;
import sckd.data.ImageSet;
import sckd.distillation.Adapter;
import sckd.distillation.AdaptersAlwaysLearn;
import sckd.distillation.CosineGate;
import sckd.distillation.DistillationTerm;
import sckd.distillation.Gate;
import sckd.distillation.OpenRates;
import sckd.distillation.PerVariableGate;
import sckd.distillation.PlainLosses;
import sckd.distillation.ProductGate;
import sckd.distillation.RandomGate;
import sckd.distillation.ScaledGate;
import sckd.distillation.ScheduleGate;
import sckd.distillation.TaskOrientedFeatureLoss;
import sckd.training.PlainDescent.Decision;
import sckd.training.PlainDescent.Factors;

/** A loss with a matrix of its own, TOFD's, against the algorithm by hand: what the matrix learns behind each gate. */
class AdapterTrainingTest {
    private static final long SEED = 5;
    private static final int IMAGES = 10;
    private static final int EPOCHS = 2;
    private static final int BATCH = 4;
    private static final float SUPERVISED_WEIGHT = 0.8f;
    private static final float LOSS_WEIGHT = 2;
    private static final float DISTANCE = .25f;
    private static final float ORTHOGONALITY = .125f;
    /** How many variables are the student's; the matrix follows. */
    private static final int PARAMETERS = 4;

    @TempDir
    private Path directory;

    private final RecordingListener heard = new RecordingListener();

    @Test
    void theMatrixLearnsAtTheRateOfItsLoss() {
        check(new ScaledGate(new OpenRates.Fixed(.25f)), (supervised, loss) -> factors(.25, .25));
    }

    @Test
    void theMatrixLearnsAsScheduled() {
        var step = new int[1];
        check(new ScheduleGate(ScheduleGate.Shape.LINEAR, 4, 1.5f, 0), (supervised, loss) -> {
            double gate = 1.5 * (1 - step[0]++ / 3.0 / 4);
            return factors(gate, gate);
        });
    }

    /** Which steps those are the log says. */
    @Test
    void theMatrixLearnsInTheStepsThatAreDrawn() {
        var step = new int[1];
        check(new RandomGate(new OpenRates.Fixed(.25f)), (supervised, loss) -> {
            double gate = heard.steps.get(step[0]++).losses().get(0).gate();
            return factors(gate, gate);
        });
        assertThat(heard.steps)
                .extracting(record -> record.losses().get(0).gate())
                .containsOnly(0f, 1f);
    }

    @Test
    void theMatrixLearnsInFullBesideALossOfLowRate() {
        check(
                new AdaptersAlwaysLearn(new ScaledGate(new OpenRates.Fixed(.25f))),
                (supervised, loss) -> factors(.25, 1));
    }

    @Test
    void theMatrixLearnsBehindAClosedGate() {
        check(new AdaptersAlwaysLearn(new CosineGate(1)), (supervised, loss) -> factors(0, 1));
    }

    @Test
    void theMatrixLearnsAtTheRateOfAProductBehindAClosedGate() {
        var closed = new AdaptersAlwaysLearn(new CosineGate(1));
        check(
                new ProductGate(List.of(closed, new ScaledGate(new OpenRates.Fixed(.25f)))),
                (supervised, loss) -> factors(0, .25));
    }

    /** Those of variables that the loss does not reach are closed and do not count. */
    @Test
    void theMatrixHasTheMeanOfTheGatesOfVariablesThatTheLossReaches() {
        var shares = new ArrayList<Double>();
        check(new PerVariableGate(0), PlainDescent.byVariable(LOSS_WEIGHT, mean -> {
            shares.add(mean);
            return factors(0, mean);
        }));
        assertThat(shares).as("the loss reaches half of the variables").anyMatch(share -> share > .5);
    }

    private static Factors factors(double gate, double gateOfMatrix) {
        var supervised = new double[PARAMETERS + 1];
        Arrays.fill(supervised, SUPERVISED_WEIGHT);
        var loss = new double[PARAMETERS + 1];
        Arrays.fill(loss, gate * LOSS_WEIGHT);
        loss[PARAMETERS] = gateOfMatrix * LOSS_WEIGHT;
        return new Factors(supervised, loss);
    }

    private void check(Gate gate, Decision decision) {
        directory.resolve("run").toFile().mkdir();
        var result = Trainer.train(task(gate), directory.resolve("run"), heard, () -> false);
        var values = new ArrayList<>(List.of(student().values()));
        values.add(firstMatrix());
        var before = values.get(PARAMETERS).clone();
        var plain = new PlainDescent(values, PARAMETERS);
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            for (var batch : new EpochOrder(IMAGES, SEED).batches(epoch, BATCH)) {
                var images = TwoLayers.normalised(pixels(), batch);
                var labels =
                        Arrays.stream(batch).map(sample -> labels()[sample]).toArray();
                var target = new PlainForward(teacher(), images).hidden;
                ToDoubleFunction<List<double[]>> supervised =
                        at -> forward(at, images).crossEntropy(labels).value();
                ToDoubleFunction<List<double[]>> loss = at -> PlainLosses.taskOriented(
                        forward(at, images).hidden, target, at.get(PARAMETERS), DISTANCE, ORTHOGONALITY);
                plain.step(supervised, loss, decision);
            }
        }
        assertThat(values.get(PARAMETERS)).isNotEqualTo(before);
        var names = new ArrayList<>(
                TwoLayers.NAMES.stream().map(name -> "student/" + name).toList());
        names.add("adapter/hint/kernel");
        for (int v = 0; v < names.size(); v++) {
            assertThat(CheckpointValues.read(result.checkpoint().bundle(), names.get(v)))
                    .as(names.get(v))
                    .usingComparatorWithPrecision(1e-5)
                    .containsExactly(values.get(v));
        }
    }

    private static PlainForward forward(List<double[]> at, double[][] images) {
        return new PlainForward(new TwoLayers(at.subList(0, PARAMETERS).toArray(double[][]::new)), images);
    }

    private static double[] firstMatrix() {
        try (var graph = new TestGraph()) {
            var shape = Shape.of(TwoLayers.HIDDEN, TwoLayers.HIDDEN);
            var matrix = Adapter.buildHeNormal(graph.tf, "hint/kernel", shape, TwoLayers.HIDDEN, SEED);
            graph.run(List.of(matrix.initialize()));
            return graph.read(matrix.variable().value());
        }
    }

    private TrainingTask task(Gate gate) {
        var all = new ImageSet(pixels(), labels(), 2, 2, 1);
        var hidden = Optional.of("hidden");
        var loss = new TaskOrientedFeatureLoss(DISTANCE, ORTHOGONALITY);
        var sgd = new Sgd(PlainDescent.RATE, 0, false, new WeightDecay(0, false));
        return new TrainingTask(
                SEED,
                new TrainingData(TwoLayers.CLASSES, all, Optional.empty(), all, List.of()),
                student().write("student", directory.resolve("student")),
                List.of(teacher().write("teacher", directory.resolve("teacher"))),
                SUPERVISED_WEIGHT,
                List.of(new DistillationTerm("hint", loss, "teacher", hidden, hidden, LOSS_WEIGHT)),
                gate,
                new TrainingPlan(EPOCHS, BATCH, sgd, new Schedule.Constant(), OptionalDouble.empty(), 1));
    }

    private static TwoLayers student() {
        return TwoLayers.random(2);
    }

    private static TwoLayers teacher() {
        return TwoLayers.random(3);
    }

    private static byte[] pixels() {
        var pixels = new byte[IMAGES * TwoLayers.INPUTS];
        new Random(302).nextBytes(pixels);
        return pixels;
    }

    private static int[] labels() {
        return new Random(402).ints(IMAGES, 0, TwoLayers.CLASSES).toArray();
    }
}
