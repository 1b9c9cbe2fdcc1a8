package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.autodiff.TestGraph;

class L2LossTest {
    private static final Shape MAP = Shape.of(1, 1, 2, 2);

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void isTheMeanSquaredDifferenceOverAllElements() {
        var loss = build(graph.input(MAP, 1, 2, 3, 4), graph.input(MAP, 1, 0, 6, 5));
        assertThat(graph.readScalar(loss)).isEqualTo((0 + 4 + 9 + 1) / 4.0, within(1e-6));
    }

    @Test
    void isZeroForEqualFeatures() {
        assertThat(graph.readScalar(build(graph.input(MAP, 1, 2, 3, 4), graph.input(MAP, 1, 2, 3, 4))))
                .isEqualTo(0);
    }

    @Test
    void comparesVectorsToo() {
        assertThat(graph.readScalar(build(graph.input(Shape.of(2, 1), 1, 2), graph.input(Shape.of(2, 1), 3, 5))))
                .isEqualTo((4 + 9) / 2.0, within(1e-6));
    }

    @Test
    void takesAShortLastBatch() {
        var student = graph.input(Shape.of(-1, 2), Shape.of(2, 2), 1, 2, 3, 4);
        var teacher = graph.input(Shape.of(-1, 2), Shape.of(2, 2), 0, 0, 0, 0);
        var loss = build(student, teacher);
        assertThat(graph.readScalar(loss)).isEqualTo((1 + 4 + 9 + 16) / 4.0, within(1e-6));
        graph.feed(student, Shape.of(1, 2), 1, 2);
        graph.feed(teacher, Shape.of(1, 2), 0, 0);
        assertThat(graph.readScalar(loss)).isEqualTo((1 + 4) / 2.0, within(1e-6));
    }

    @Test
    void hasTheGradientOfTheFormulaAndNoneToTheTeacher() {
        var student = graph.input(MAP, 1, 2, 3, 4);
        var teacher = graph.input(MAP, 1, 0, 6, 5);
        var components = Gradient.build(graph.tf, build(student, teacher), List.of(student, teacher))
                .components();
        assertThat(graph.read(components.get(0).orElseThrow()))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(0, 2 * 2 / 4.0, 2 * -3 / 4.0, 2 * -1 / 4.0);
        assertThat(components.get(1)).isEmpty();
    }

    @Test
    void refusesShapesThatTensorFlowWouldBroadcast() {
        var student = graph.tf.withName("s").math.abs(graph.input(Shape.of(1, 2, 2, 1), 1, 2, 3, 4));
        var teacher = graph.tf.withName("t").math.abs(graph.input(Shape.of(1, 2, 2, 3), new double[12]));
        assertThatThrownBy(() -> build(student, teacher))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "loss 'stage': student feature 's' is [batch, 2, 2, 1], teacher feature 't' is [batch, 2, 2, 3];"
                                + " expected the same shape: choose layers of the same shape, or the kind fitnets");
    }

    @Test
    void refusesSizesThatAreNotKnown() {
        var student = graph.tf.withName("s").math.abs(graph.input(Shape.of(-1, -1, 2, 1), MAP, 1, 2, 3, 4));
        var teacher = graph.tf.withName("t").math.abs(graph.input(Shape.unknown(), MAP, 1, 2, 3, 4));
        assertThatThrownBy(() -> build(student, teacher))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "loss 'stage': student feature 's' is [batch, ?, 2, 1], teacher feature 't' is of unknown rank;"
                                + " expected the same shape: choose layers of the same shape, or the kind fitnets");
    }

    private Operand<TFloat32> build(Operand<TFloat32> student, Operand<TFloat32> teacher) {
        var knowledge = new Knowledge(student, teacher, graph.labels(0), graph.tf.constant(1f));
        var output = new L2Loss().build(graph.tf, "stage", knowledge, 1);
        assertThat(output.adapters()).isEmpty();
        return output.loss();
    }
}
