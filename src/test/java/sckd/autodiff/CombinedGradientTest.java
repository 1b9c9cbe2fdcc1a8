package sckd.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class CombinedGradientTest {
    private static final Shape TWO = Shape.of(2);
    private static final Optional<Operand<TFloat32>> ABSENT = Optional.empty();

    private final TestGraph graph = new TestGraph();
    /** Two variables of the student, one loss's adapter, one variable that nothing reaches. */
    private final List<Operand<TFloat32>> values =
            List.of(graph.input(TWO, 0, 0), graph.input(TWO, 0, 0), graph.input(TWO, 0, 0), graph.input(TWO, 0, 0));

    private final Gradient supervised = gradient(List.of(vector(1, 2), vector(3, 4), ABSENT, ABSENT));
    private final Gradient first = gradient(List.of(vector(5, -6), ABSENT, vector(2, 1), ABSENT));
    private final Gradient second = gradient(List.of(vector(-1, 3), vector(7, 8), ABSENT, ABSENT));

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void addsTheWeightedGradientsWhoseGatesAreOpen() {
        var combined = combine(0.5f, 0.25f, 2, 1, 1);
        assertThat(graph.read(combined.get(0)))
                .containsExactly(0.5 * 1 + 0.25 * 5 + 2 * -1, 0.5 * 2 + 0.25 * -6 + 2 * 3);
        assertThat(graph.read(combined.get(1))).containsExactly(0.5 * 3 + 2 * 7, 0.5 * 4 + 2 * 8);
        assertThat(graph.read(combined.get(2))).containsExactly(0.25 * 2, 0.25 * 1);
    }

    @Test
    void aClosedGateStopsTheLossAndItsAdapter() {
        var combined = combine(1, 0.25f, 2, 0, 1);
        assertThat(graph.read(combined.get(0))).containsExactly(1 + 2 * -1, 2 + 2 * 3);
        assertThat(graph.read(combined.get(2))).containsExactly(0, 0);
    }

    @Test
    void allGatesClosedLeaveTheSupervisedGradient() {
        var combined = combine(1, 0.25f, 2, 0, 0);
        assertThat(graph.read(combined.get(0))).containsExactly(1, 2);
        assertThat(graph.read(combined.get(1))).containsExactly(3, 4);
    }

    @Test
    void gatesMayBeFractions() {
        assertThat(graph.read(combine(1, 1, 1, 0.5, 0).get(0))).containsExactly(1 + 0.5 * 5, 2 + 0.5 * -6);
    }

    @Test
    void aVariableThatNothingReachesGetsZeros() {
        assertThat(graph.read(combine(1, 1, 1, 1, 1).get(3))).containsExactly(0, 0);
    }

    @Test
    void noLossesAreTheSupervisedGradientTimesItsWeight() {
        var combined = CombinedGradient.build(
                graph.tf, values, supervised, variable -> graph.tf.constant(0.5f), List.of(), (loss, variable) -> {
                    throw new AssertionError("there is no loss");
                });
        assertThat(graph.read(combined.get(0))).containsExactly(0.5, 1);
    }

    @Test
    void aNanIsNotHiddenByAClosedGate() {
        var broken = gradient(List.of(vector(Double.NaN, 0), ABSENT, ABSENT, ABSENT));
        var combined = CombinedGradient.build(
                graph.tf,
                values,
                supervised,
                variable -> graph.tf.constant(1f),
                List.of(broken),
                (loss, variable) -> graph.tf.constant(0f));
        assertThat(graph.read(combined.get(0))).containsExactly(Double.NaN, 2);
    }

    @Test
    void theSupervisedWeightMayDifferFromVariableToVariable() {
        var combined = CombinedGradient.build(
                graph.tf,
                values,
                supervised,
                variable -> graph.tf.constant(variable == 0 ? 0.5f : 3),
                List.of(),
                (loss, variable) -> graph.tf.constant(1f));
        assertThat(graph.read(combined.get(0))).containsExactly(0.5, 1);
        assertThat(graph.read(combined.get(1))).containsExactly(9, 12);
    }

    @Test
    void aFactorMayDifferFromVariableToVariable() {
        var combined = CombinedGradient.build(
                graph.tf,
                values,
                supervised,
                variable -> graph.tf.constant(1f),
                List.of(first, second),
                (loss, variable) -> graph.tf.constant((float) (10 * loss + variable)));
        assertThat(graph.read(combined.get(0))).containsExactly(1 + 10 * -1, 2 + 10 * 3);
        assertThat(graph.read(combined.get(1))).containsExactly(3 + 11 * 7, 4 + 11 * 8);
        assertThat(graph.read(combined.get(2))).containsExactly(2 * 2, 2 * 1);
    }

    private List<Operand<TFloat32>> combine(
            float supervisedWeight, float firstWeight, float secondWeight, double... gates) {
        return CombinedGradient.build(
                graph.tf,
                values,
                supervised,
                variable -> graph.tf.constant(supervisedWeight),
                List.of(first, second),
                (loss, variable) -> graph.tf.constant(
                        (float) gates[loss] * List.of(firstWeight, secondWeight).get(loss)));
    }

    private static Gradient gradient(List<Optional<Operand<TFloat32>>> components) {
        return new Gradient(components);
    }

    private Optional<Operand<TFloat32>> vector(double... values) {
        return Optional.of(graph.input(Shape.of(values.length), values));
    }
}
