package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.autodiff.CombinedGradient;
import sckd.autodiff.Gradient;
import sckd.autodiff.LossGradients;
import sckd.autodiff.TestGraph;

/** Cosines, gates and the combined gradient of a whole gated step against a computation by hand in double precision. */
class GatedUpdateTest {
    private static final float SUPERVISED_WEIGHT = 0.7f;
    private static final List<Float> WEIGHTS = List.of(0.9f, 2f, 10f);
    private static final float WARM = 4;
    private static final float COOL = 1;

    /** What the three losses are taken from: two teachers' logits and one's hidden layer. */
    private record Teachers(double[][] warmLogits, double[][] coolLogits, double[][] hidden) {}

    private record Step(double[] cosines, double[] gates, double[][] gradient) {}

    @ParameterizedTest
    @ValueSource(floats = {0, 0.3f, -0.2f})
    void followsTheAlgorithmOnRandomNetworks(float threshold) {
        var steps = new int[4];
        try (var graph = new TestGraph()) {
            var wired = Wired.build(graph, threshold);
            for (long seed = 0; seed < 20; seed++) {
                var random = new Random(seed);
                var student = TinyNetwork.random(random, 5);
                var teachers = new Teachers(
                        rows(random, 5, TinyNetwork.CLASSES, 3),
                        rows(random, 5, TinyNetwork.CLASSES, 3),
                        rows(random, 5, TinyNetwork.HIDDEN, 1));
                var labels = random.ints(5, 0, TinyNetwork.CLASSES).toArray();
                var step = wired.run(student, labels, teachers);
                checkSame("seed " + seed, step, compute(threshold, student, labels, teachers));
                steps[(int) Arrays.stream(step.gates()).sum()]++;
            }
        }
        assertThat(steps).as("steps by the number of open gates").doesNotContain(20);
    }

    @Test
    void opensExactlyOneOfThreeGates() {
        var student = TinyNetwork.random(new Random(3), 4);
        int[] labels = {0, 1, 2, 1};
        var teachers = new Teachers(towards(student.logits, labels, 5), against(student, labels), student.hidden);
        var step = check(student, labels, teachers);
        assertThat(step.gates()).containsExactly(1, 0, 0);
        assertThat(step.cosines()[0]).isPositive();
        assertThat(step.cosines()[1]).as("of the opposite gradient").isEqualTo(-1, within(1e-5));
        assertThat(step.cosines()[2]).as("of a zero gradient").isEqualTo(0);
    }

    @Test
    void takesABatchOfOne() {
        var random = new Random(8);
        var student = TinyNetwork.random(random, 1);
        int[] labels = {2};
        var teachers =
                new Teachers(towards(student.logits, labels, 2), against(student, labels), rows(random, 1, 4, 1));
        assertThat(check(student, labels, teachers).gates()).startsWith(1, 0);
    }

    @Test
    void aSupervisedGradientOfZeroClosesEveryGate() {
        var random = new Random(4);
        var drawn = TinyNetwork.random(random, 2);
        drawn.parameters[3][0] = 300; // so sure and right an answer that float32 has no loss left
        var student = new TinyNetwork(drawn.parameters, drawn.images);
        int[] labels = {0, 0};
        var flipped = towards(student.logits, labels, -400);
        try (var graph = new TestGraph()) {
            var step =
                    Wired.build(graph, 0).run(student, labels, new Teachers(flipped, flipped, rows(random, 2, 4, 1)));
            assertThat(step.cosines()).containsExactly(0, 0, 0);
            assertThat(step.gates()).containsExactly(0, 0, 0);
            for (var component : step.gradient()) {
                assertThat(component).containsOnly(0);
            }
        }
    }

    /** Runs the step at threshold 0 both ways. */
    private static Step check(TinyNetwork student, int[] labels, Teachers teachers) {
        try (var graph = new TestGraph()) {
            var step = Wired.build(graph, 0).run(student, labels, teachers);
            checkSame("fixed seed", step, compute(0, student, labels, teachers));
            return step;
        }
    }

    private static void checkSame(String origin, Step actual, Step expected) {
        assertThat(actual.cosines())
                .as("cosines, %s", origin)
                .usingComparatorWithPrecision(1e-5)
                .containsExactly(expected.cosines());
        assertThat(actual.gates()).as("gates, %s", origin).containsExactly(expected.gates());
        for (int v = 0; v < 4; v++) {
            assertThat(actual.gradient()[v])
                    .as("combined gradient of variable %s, %s", v, origin)
                    .usingComparatorWithPrecision(1e-5)
                    .containsExactly(expected.gradient()[v]);
        }
    }

    /** By hand. */
    private static Step compute(float threshold, TinyNetwork student, int[] labels, Teachers teachers) {
        var supervised = student.crossEntropyGradient(labels);
        var losses = List.of(
                student.outputGradient(teachers.warmLogits(), WARM),
                student.outputGradient(teachers.coolLogits(), COOL),
                student.featureGradient(teachers.hidden()));
        var cosines = new double[3];
        var gates = new double[3];
        var combined = new double[4][];
        for (int v = 0; v < 4; v++) {
            combined[v] =
                    Arrays.stream(supervised[v]).map(x -> SUPERVISED_WEIGHT * x).toArray();
        }
        for (int k = 0; k < 3; k++) {
            double norms = Math.sqrt(dot(supervised, supervised) * dot(losses.get(k), losses.get(k)));
            cosines[k] = norms == 0 ? 0 : dot(supervised, losses.get(k)) / norms;
            gates[k] = cosines[k] > threshold ? 1 : 0;
            for (int v = 0; v < 4; v++) {
                for (int i = 0; i < combined[v].length; i++) {
                    combined[v][i] += gates[k] * WEIGHTS.get(k) * losses.get(k)[v][i];
                }
            }
        }
        return new Step(cosines, gates, combined);
    }

    /** As a graph, for any batch. */
    private record Wired(
            TestGraph graph,
            List<Operand<TFloat32>> parameters,
            List<Operand<TFloat32>> batch,
            Operand<TInt32> labels,
            List<Operand<TFloat32>> results) {
        static Wired build(TestGraph graph, float threshold) {
            var tf = graph.tf;
            var parameters = List.of(
                    graph.input(Shape.of(3, 4), new double[12]),
                    graph.input(Shape.of(4), new double[4]),
                    graph.input(Shape.of(4, 3), new double[12]),
                    graph.input(Shape.of(3), new double[3]));
            var batch = List.of(rowsOf(graph, 3), rowsOf(graph, 3), rowsOf(graph, 3), rowsOf(graph, 4));
            var labels = graph.labels(0);
            var hidden = tf.nn.relu(tf.math.add(tf.linalg.matMul(batch.get(0), parameters.get(0)), parameters.get(1)));
            var logits = tf.math.add(tf.linalg.matMul(hidden, parameters.get(2)), parameters.get(3));
            var supervised = Gradient.build(tf, CrossEntropy.build(tf, logits, labels), parameters);
            var gradients = new ArrayList<Gradient>();
            for (var loss : List.of(
                    new OutputLoss(WARM)
                            .build(tf, "a", new Knowledge(logits, batch.get(1), labels, tf.constant(1f)), 1),
                    new OutputLoss(COOL)
                            .build(tf, "b", new Knowledge(logits, batch.get(2), labels, tf.constant(1f)), 1),
                    new L2Loss().build(tf, "c", new Knowledge(hidden, batch.get(3), labels, tf.constant(1f)), 1))) {
                gradients.add(Gradient.build(tf, loss.loss(), parameters));
            }
            assertThat(gradients.get(2).components().get(2))
                    .as("W2 lies behind the feature")
                    .isEmpty();
            var separate = LossGradients.build(tf, supervised, gradients);
            var inputs = new GateInputs(
                    List.of("a", "b", "c"), WEIGHTS, Optional.of(separate), tf.constant(1L), tf.constant(0f), 1);
            var gates = new CosineGate(threshold).build(tf, inputs).gates();
            var results =
                    new ArrayList<Operand<TFloat32>>(List.of(separate.products().buildCosines(tf), gates));
            results.addAll(CombinedGradient.build(
                    tf,
                    parameters,
                    supervised,
                    variable -> tf.constant(SUPERVISED_WEIGHT),
                    gradients,
                    (loss, variable) -> tf.math.mul(
                            tf.gather(gates, tf.constant(loss), tf.constant(0)), tf.constant(WEIGHTS.get(loss)))));
            return new Wired(graph, parameters, batch, labels, results);
        }

        private static Operand<TFloat32> rowsOf(TestGraph graph, int columns) {
            return graph.input(Shape.of(-1, columns), Shape.of(1, columns), new double[columns]);
        }

        Step run(TinyNetwork student, int[] ids, Teachers teachers) {
            for (int v = 0; v < 4; v++) {
                graph.feed(parameters.get(v), parameters.get(v).shape(), student.parameters[v]);
            }
            feed(batch.get(0), student.images);
            feed(batch.get(1), teachers.warmLogits());
            feed(batch.get(2), teachers.coolLogits());
            feed(batch.get(3), teachers.hidden());
            graph.feed(labels, ids);
            var values = graph.read(results);
            return new Step(values.get(0), values.get(1), values.subList(2, 6).toArray(double[][]::new));
        }

        private void feed(Operand<TFloat32> input, double[][] rows) {
            var values = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
            graph.feed(input, Shape.of(rows.length, rows[0].length), values);
        }
    }

    private static double dot(double[][] left, double[][] right) {
        double sum = 0;
        for (int v = 0; v < left.length; v++) {
            for (int i = 0; i < left[v].length; i++) {
                sum += left[v][i] * right[v][i];
            }
        }
        return sum;
    }

    private static double[][] rows(Random random, int rows, int columns, double scale) {
        var values = new double[rows][];
        for (int n = 0; n < rows; n++) {
            values[n] = Arrays.stream(TinyNetwork.sixteenths(random, columns))
                    .map(x -> scale * x)
                    .toArray();
        }
        return values;
    }

    /** Logits with the label's moved. */
    private static double[][] towards(double[][] logits, int[] labels, double by) {
        var moved = new double[logits.length][];
        for (int n = 0; n < logits.length; n++) {
            moved[n] = logits[n].clone();
            moved[n][labels[n]] += by;
        }
        return moved;
    }

    /** Logits at temperature 1 of the distribution {@code p + c·(p − onehot(label))}: its gradient is −c times the supervised one. */
    private static double[][] against(TinyNetwork student, int[] labels) {
        double c = 1;
        for (int n = 0; n < labels.length; n++) {
            double p = TinyNetwork.softmax(student.logits[n], 1)[labels[n]];
            c = Math.min(c, p / (1 - p) / 2);
        }
        var logits = new double[labels.length][];
        for (int n = 0; n < labels.length; n++) {
            logits[n] = TinyNetwork.softmax(student.logits[n], 1);
            for (int k = 0; k < logits[n].length; k++) {
                logits[n][k] = Math.log(logits[n][k] * (1 + c) - (k == labels[n] ? c : 0));
            }
        }
        return logits;
    }
}
