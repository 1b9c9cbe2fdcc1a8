package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import sckd.autodiff.GradientProducts;
import sckd.autodiff.TestGraph;

class GateTest {
    private final TestGraph graph = new TestGraph();
    /** Cosines 0.6, 0, −0.6 and, of a zero gradient, 0. */
    private final GradientProducts products = new GradientProducts(
            graph.input(Shape.of(4), 3, 0, -3, 0),
            graph.input(Shape.scalar(), 25),
            graph.input(Shape.of(4), 1, 1, 1, 0));

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void cosineGateIsOpenAboveZeroAndClosedAtZero() {
        assertThat(gates(new CosineGate(0))).containsExactly(1, 0, 0, 0);
    }

    @Test
    void cosineGateFollowsItsThreshold() {
        assertThat(gates(new CosineGate(0.59f))).containsExactly(1, 0, 0, 0);
        assertThat(gates(new CosineGate(0.61f))).containsExactly(0, 0, 0, 0);
        assertThat(gates(new CosineGate(-0.1f))).containsExactly(1, 1, 0, 1);
        assertThat(gates(new CosineGate(-0.61f))).containsExactly(1, 1, 1, 1);
    }

    @Test
    void cosineGateRefusesAThresholdThatIsNoCosine() {
        assertThatThrownBy(() -> new CosineGate(1.5f)).hasMessage("threshold is 1.5; expected -1 to 1");
        assertThatThrownBy(() -> new CosineGate(Float.NaN)).hasMessage("threshold is NaN; expected -1 to 1");
    }

    @Test
    void openGateIsOpenForEveryLoss() {
        assertThat(gates(new OpenGate(false))).containsExactly(1, 1, 1, 1);
        assertThat(gates(new OpenGate(true))).containsExactly(1, 1, 1, 1);
    }

    @Test
    void anOpenGateNeedsGradientsOnlyToMeasure() {
        assertThat(new CosineGate(0).usesGradients()).isTrue();
        assertThat(new OpenGate(true).usesGradients()).isTrue();
        assertThat(new OpenGate(false).usesGradients()).isFalse();
    }

    private double[] gates(Gate gate) {
        return graph.read(gate.build(graph.tf, products));
    }
}
