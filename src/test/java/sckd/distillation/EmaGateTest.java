package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import sckd.autodiff.Gradient;
import sckd.autodiff.LossGradients;
import sckd.autodiff.TestGraph;

/** The moving average of the cosine over steps by hand. */
class EmaGateTest {
    private static final Shape PLANE = Shape.of(2);
    /** Cosines with g_S of two losses, step by step: they change sign, so that the trend and the single batch differ. */
    private static final double[][] COSINES = {
        {.8, -.6}, {.6, -.8}, {-.96, .96}, {-.28, .96}, {-.8, .6}, {1, 0}, {.28, -1}, {-.6, -1}
    };

    /** β, φ. */
    @ParameterizedTest
    @CsvSource({".1, 0", ".3, 0", ".3, .15", ".9, -.2", "1, .5"})
    void followsTheMovingAverageFromZero(float rate, float threshold) {
        try (var graph = new TestGraph()) {
            var tf = graph.tf;
            var gradients = List.of(graph.input(PLANE, 0, 0), graph.input(PLANE, 0, 0));
            var separate = LossGradients.build(
                    tf,
                    gradient(graph.input(PLANE, 2, 0)),
                    gradients.stream().map(EmaGateTest::gradient).toList());
            var inputs = new GateInputs(
                    List.of("a", "b"), List.of(1f, 1f), Optional.of(separate), tf.constant(1L), tf.constant(0f), 1);
            var gate = new EmaGate(rate, threshold).build(tf, inputs);
            var state = gate.state().get(0);
            graph.run(List.of(state.initialize()));
            var average = new double[2];
            for (var cosines : COSINES) {
                for (int k = 0; k < 2; k++) {
                    double sine = Math.sqrt(1 - cosines[k] * cosines[k]);
                    graph.feed(gradients.get(k), PLANE, 5 * cosines[k], 5 * sine);
                    average[k] = (1 - rate) * average[k] + rate * cosines[k];
                    assertThat(Math.abs(average[k] - threshold))
                            .as("decided by no rounding")
                            .isGreaterThan(1e-4);
                }
                assertThat(graph.read(gate.gates()))
                        .containsExactly(average[0] > threshold ? 1 : 0, average[1] > threshold ? 1 : 0);
                graph.run(gate.updates());
                var kept = graph.read(state.variable().value());
                assertThat(kept[0]).isEqualTo(average[0], within(1e-6));
                assertThat(kept[1]).isEqualTo(average[1], within(1e-6));
            }
        }
    }

    private static Gradient gradient(Operand<TFloat32> component) {
        return new Gradient(List.of(Optional.of(component)));
    }
}
