package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import sckd.autodiff.TestGraph;

class TemperatureTest {
    private static final double[] STUDENT = {1, -1, 2, 0, 1, -2};
    private static final double[] TEACHER = {0, 2, -1, 1, 1, 0};

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    /** TOFD's T = 1 + 3/250 · (epoch + 1), its epoch from 0. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 249})
    void fromOneToFourIsTofds(int epoch) {
        var temperature = new Temperature(1, 4);
        assertThat(graph.readScalar(temperature.build(graph.tf, knowledge((epoch + 1) / 250f))))
                .isCloseTo(1 + 3.0 / 250 * (epoch + 1), within(1e-6));
    }

    @Test
    void bothLossesFollowIt() {
        double temperature = 3 + (1 - 3) * .75; // falls
        var falling = new Temperature(3, 1);
        var soft = new SoftCrossEntropyLoss(falling).build(graph.tf, "soft", knowledge(.75f), 1);
        double[][] student = {{1, -1, 2}, {0, 1, -2}};
        double[][] teacher = {{0, 2, -1}, {1, 1, 0}};
        double expected = PlainLosses.softCrossEntropy(student, teacher, temperature);
        assertThat(graph.readScalar(soft.loss())).isCloseTo(expected, within(1e-5));
        var output = new OutputLoss(falling).build(graph.tf, "output", knowledge(.75f), 1);
        double entropy = PlainLosses.softCrossEntropy(teacher, teacher, temperature);
        assertThat(graph.readScalar(output.loss()))
                .isCloseTo(temperature * temperature * (expected - entropy), within(1e-5));
    }

    @Test
    void refusesWhatIsNoTemperature() {
        assertThatThrownBy(() -> new OutputLoss(new Temperature(1, 0)))
                .hasMessage("temperature.to is 0.0; expected more than 0 and finite");
        assertThatThrownBy(() -> new SoftCrossEntropyLoss(new Temperature(Float.NaN, 1)))
                .hasMessage("temperature.from is NaN; expected more than 0 and finite");
    }

    private Knowledge knowledge(float progress) {
        var shape = Shape.of(2, 3);
        return new Knowledge(
                graph.input(shape, STUDENT),
                graph.input(shape, TEACHER),
                graph.labels(0, 0),
                graph.tf.constant(progress));
    }
}
