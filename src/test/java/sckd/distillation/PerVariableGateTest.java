package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.Gradient;
import sckd.autodiff.LossGradients;
import sckd.autodiff.TestGraph;

/** Against the same decisions in plain Java, in double precision: a gradient is an array for each variable, null where it has none. */
class PerVariableGateTest {
    private static final int VARIABLES = 6;
    private static final int LOSSES = 5;

    /** A hint reaches the first variable of a deep network alone, and is open there: its adapter is to learn at full rate. */
    @ParameterizedTest
    @ValueSource(floats = {0, -.5f})
    void aLossThatReachesOneOfManyVariablesIsOpenWhereItIsOpenThere(float threshold) {
        var supervised = new double[VARIABLES][];
        Arrays.fill(supervised, new double[] {1, 2});
        var hint = new double[VARIABLES][];
        hint[0] = new double[] {2, 1};
        var against = hint.clone();
        against[0] = new double[] {-2, -1};
        against[1] = new double[] {0, 0}; // reached, but without a gradient in this step
        var decided = decide(threshold, supervised, List.of(hint, against, new double[VARIABLES][]));
        assertThat(decided.gates()).containsExactly(1, 0, 0);
        assertThat(decided.adapters()).containsExactly(1, 0, 0);
    }

    @Test
    void theMeanIsThatOverTheVariablesThatTheLossReaches() {
        int partial = 0;
        for (long seed = 1; seed <= 5; seed++) {
            var random = new Random(seed);
            var supervised = gradient(random);
            var losses = new ArrayList<double[][]>();
            for (int k = 0; k < LOSSES; k++) {
                losses.add(gradient(random));
            }
            for (float threshold : new float[] {-.4f, 0, .3f}) {
                var expected = new double[LOSSES];
                for (int k = 0; k < LOSSES; k++) {
                    expected[k] = mean(supervised, losses.get(k), threshold);
                    partial += expected[k] > 0 && expected[k] < 1 ? 1 : 0;
                }
                assertThat(decide(threshold, supervised, losses).gates())
                        .as("seed %s, threshold %s", seed, threshold)
                        .usingComparatorWithPrecision(1e-6)
                        .containsExactly(expected);
            }
        }
        assertThat(partial).as("means between 0 and 1").isGreaterThan(20);
    }

    private static double mean(double[][] supervised, double[][] loss, double threshold) {
        int reached = 0;
        int open = 0;
        for (int v = 0; v < VARIABLES; v++) {
            double norm = dot(loss[v], loss[v]);
            if (norm > 0) {
                reached++;
                double norms = Math.sqrt(dot(supervised[v], supervised[v]) * norm);
                double cosine = norms == 0 ? 0 : dot(supervised[v], loss[v]) / norms;
                open += cosine > threshold ? 1 : 0;
            }
        }
        return reached == 0 ? 0 : (double) open / reached;
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; left != null && right != null && i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    /** A third of its variables have none, a sixth have zeros; the others are of sixteenths, exact in float32. */
    private static double[][] gradient(Random random) {
        var gradient = new double[VARIABLES][];
        for (int v = 0; v < VARIABLES; v++) {
            int kind = random.nextInt(6);
            gradient[v] = kind < 2 ? null : kind == 2 ? new double[2] : TinyNetwork.sixteenths(random, 2);
        }
        return gradient;
    }

    private record Decided(double[] gates, double[] adapters) {}

    private static Decided decide(float threshold, double[][] supervised, List<double[][]> losses) {
        try (var graph = new TestGraph()) {
            var gradients = LossGradients.build(
                    graph.tf,
                    wire(graph, supervised),
                    losses.stream().map(loss -> wire(graph, loss)).toList());
            var names = new ArrayList<String>();
            losses.forEach(loss -> names.add("loss" + names.size()));
            var inputs = new GateInputs(
                    names,
                    Collections.nCopies(losses.size(), 1f),
                    Optional.of(gradients),
                    graph.tf.constant(1L),
                    graph.tf.constant(0f),
                    1);
            var output = new PerVariableGate(threshold).build(graph.tf, inputs);
            return new Decided(graph.read(output.gates()), graph.read(output.adapters()));
        }
    }

    private static Gradient wire(TestGraph graph, double[][] gradient) {
        var components = new ArrayList<Optional<Operand<TFloat32>>>();
        for (var component : gradient) {
            components.add(Optional.ofNullable(component).map(values -> graph.input(Shape.of(values.length), values)));
        }
        return new Gradient(components);
    }
}
