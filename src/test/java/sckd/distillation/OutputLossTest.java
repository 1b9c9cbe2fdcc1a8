package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.autodiff.TestGraph;

class OutputLossTest {
    private static final double LN3 = Math.log(3);

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void isTheSquaredTemperatureTimesTheDivergence() {
        // At T = 2 the student's distribution is 1/4, 3/4 and the teacher's 1/2, 1/2.
        double divergence = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75);
        assertThat(loss(2, new double[] {0, 2 * LN3}, new double[] {5, 5})).isEqualTo(4 * divergence, within(1e-6));
    }

    @Test
    void isTheMeanOverTheBatch() {
        double divergence = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75);
        double[] student = {0, LN3, 1, 1};
        double[] teacher = {0, 0, 2, 2};
        assertThat(loss(Shape.of(2, 2), 1, student, teacher)).isEqualTo((divergence + 0) / 2, within(1e-6));
    }

    @Test
    void isZeroWhereTheModelsAgree() {
        double[] logits = {1, -2, 3, 0.5};
        assertThat(loss(4, logits, logits)).isEqualTo(0);
    }

    @Test
    void isUnchangedByAConstantAddedToAllLogits() {
        double[] student = {1, -2, 3};
        double[] teacher = {2, 0, -1};
        double[] shifted = {1 + 9, -2 + 9, 3 + 9};
        double[] shiftedTeacher = {2 - 5, 0 - 5, -1 - 5};
        assertThat(loss(4, shifted, shiftedTeacher)).isEqualTo(loss(4, student, teacher), within(1e-5));
    }

    @Test
    void isFiniteForHugeLogits() {
        assertThat(loss(1, new double[] {1e4, 0, -1e4}, new double[] {-1e4, 0, 1e4}))
                .isEqualTo(2e4, within(0.2));
        assertThat(loss(4, new double[] {1e30, -1e30}, new double[] {1e30, -1e30}))
                .isEqualTo(0);
    }

    @Test
    void takesAShortLastBatch() {
        var student = graph.input(Shape.of(-1, 2), Shape.of(2, 2), 0, LN3, 0, LN3);
        var teacher = graph.input(Shape.of(-1, 2), Shape.of(2, 2), 0, 0, 0, 0);
        var loss = build(1, student, teacher);
        double full = graph.readScalar(loss);
        graph.feed(student, Shape.of(1, 2), 0, LN3);
        graph.feed(teacher, Shape.of(1, 2), 0, 0);
        assertThat(graph.readScalar(loss)).isEqualTo(full, within(1e-7)).isNotZero();
    }

    @Test
    void valueAndGradientFollowTheFormulaAtEveryTemperature() {
        long seed = 11;
        var random = new Random(seed);
        for (float temperature : new float[] {0.5f, 1, 4, 20}) {
            var student = random.doubles(12, -5, 5).toArray();
            var teacher = random.doubles(12, -5, 5).toArray();
            var studentLogits = graph.input(Shape.of(3, 4), student);
            var teacherLogits = graph.input(Shape.of(3, 4), teacher);
            var loss = build(temperature, studentLogits, teacherLogits);
            double value = 0;
            var gradient = new double[12];
            for (int row = 0; row < 12; row += 4) {
                var p = softmax(student, row, temperature);
                var q = softmax(teacher, row, temperature);
                for (int c = 0; c < 4; c++) {
                    value += temperature * temperature * q[c] * Math.log(q[c] / p[c]) / 3;
                    gradient[row + c] = temperature * (p[c] - q[c]) / 3;
                }
            }
            assertThat(graph.readScalar(loss))
                    .as("T %s, seed %s", temperature, seed)
                    .isEqualTo(value, within(1e-5 * value));
            var components = Gradient.build(graph.tf, loss, List.of(studentLogits, teacherLogits))
                    .components();
            assertThat(graph.read(components.get(0).orElseThrow()))
                    .as("T %s, seed %s", temperature, seed)
                    .usingComparatorWithPrecision(1e-6 * Math.max(1, temperature))
                    .containsExactly(gradient);
        }
    }

    @Test
    void gradientStopsAtTheTeacher() {
        var logits = graph.input(Shape.of(1, 2), 1, 2);
        var teacherLogits = graph.tf.math.mul(logits, graph.tf.constant(3f));
        var other = graph.input(Shape.of(1, 2), 1, 2);
        var components = Gradient.build(graph.tf, build(1, other, teacherLogits), List.of(logits, other))
                .components();
        assertThat(components.get(0)).isEmpty();
        assertThat(components.get(1)).isPresent();
    }

    @Test
    void comparesLogitsAndHasNoVariables() {
        var logits = graph.input(Shape.of(1, 2), 1, 2);
        var output = new OutputLoss(4)
                .build(graph.tf, "output", new Knowledge(logits, logits, graph.labels(0), graph.tf.constant(1f)), 1);
        assertThat(new OutputLoss(4).source()).isEqualTo(DistillationLoss.Source.LOGITS);
        assertThat(output.adapters()).isEmpty();
        assertThat(output.updates()).isEmpty();
    }

    @Test
    void refusesATemperatureThatIsNotPositive() {
        assertThatThrownBy(() -> new OutputLoss(0)).hasMessage("temperature is 0.0; expected more than 0 and finite");
        assertThatThrownBy(() -> new OutputLoss(-1)).hasMessage("temperature is -1.0; expected more than 0 and finite");
        assertThatThrownBy(() -> new OutputLoss(Float.NaN))
                .hasMessage("temperature is NaN; expected more than 0 and finite");
    }

    @Test
    void refusesDifferentNumbersOfClasses() {
        var student = graph.tf.withName("student-logits").math.abs(graph.input(Shape.of(2, 10), new double[20]));
        var teacher = graph.tf.withName("teacher-logits").math.abs(graph.input(Shape.of(2, 1), new double[2]));
        assertThatThrownBy(() -> build(1, student, teacher))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "loss 'output': student logits 'student-logits' is [batch, 10], teacher logits 'teacher-logits' is"
                                + " [batch, 1]; expected the same [batch, classes]: use a teacher and a student for the same classes");
    }

    private double loss(float temperature, double[] student, double[] teacher) {
        return loss(Shape.of(1, student.length), temperature, student, teacher);
    }

    private double loss(Shape shape, float temperature, double[] student, double[] teacher) {
        return graph.readScalar(build(temperature, graph.input(shape, student), graph.input(shape, teacher)));
    }

    private Operand<TFloat32> build(float temperature, Operand<TFloat32> student, Operand<TFloat32> teacher) {
        var knowledge = new Knowledge(student, teacher, graph.labels(0), graph.tf.constant(1f));
        return new OutputLoss(temperature)
                .build(graph.tf, "output", knowledge, 1)
                .loss();
    }

    private static double[] softmax(double[] logits, int row, double temperature) {
        var result = new double[4];
        double sum = 0;
        for (int c = 0; c < 4; c++) {
            result[c] = Math.exp(logits[row + c] / temperature);
            sum += result[c];
        }
        for (int c = 0; c < 4; c++) {
            result[c] /= sum;
        }
        return result;
    }
}
