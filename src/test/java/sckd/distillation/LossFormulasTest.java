package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.autodiff.TestGraph;

/** Losses against their formulas in plain double precision, and their gradients against central differences of these. */
class LossFormulasTest {
    private static final int BATCH = 5;
    private static final int[] LABELS = {0, 3, 1, 1, 2};

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    /** @param plain of rows, one for each sample */
    private record Case(
            DistillationLoss loss, Shape student, Shape teacher, ToDoubleBiFunction<double[][], double[][]> plain) {
        @Override
        public String toString() {
            return loss + " " + student + " from " + teacher;
        }
    }

    static Stream<Case> cases() {
        var logits = Shape.of(BATCH, 4);
        return Stream.of(
                new Case(new SoftCrossEntropyLoss(3), logits, logits, (s, t) -> PlainLosses.softCrossEntropy(s, t, 3)),
                new Case(
                        new DecoupledLoss(1, 8, 4),
                        logits,
                        logits,
                        (s, t) -> PlainLosses.decoupled(s, t, LABELS, 1, 8, 4)),
                new Case(
                        new DecoupledLoss(2, .5f, 1),
                        logits,
                        logits,
                        (s, t) -> PlainLosses.decoupled(s, t, LABELS, 2, .5, 1)),
                new Case(
                        new CorrelationLoss(1, 2, 4), logits, logits, (s, t) -> PlainLosses.correlation(s, t, 1, 2, 4)),
                new Case(
                        new AttentionTransferLoss(),
                        Shape.of(BATCH, 2, 2, 3),
                        Shape.of(BATCH, 2, 2, 5),
                        (s, t) -> PlainLosses.attention(s, 3, t, 5)),
                new Case(
                        new AttentionTransferLoss(),
                        Shape.of(BATCH, 4, 4, 2),
                        Shape.of(BATCH, 2, 2, 3),
                        (s, t) -> PlainLosses.attention(halved(s, 4, 2), 2, t, 3)),
                new Case(
                        new AttentionTransferLoss(),
                        Shape.of(BATCH, 2, 2, 3),
                        Shape.of(BATCH, 4, 4, 2),
                        (s, t) -> PlainLosses.attention(s, 3, halved(t, 4, 2), 2)),
                new Case(new SimilarityLoss(), Shape.of(BATCH, 2, 2, 2), Shape.of(BATCH, 3), PlainLosses::similarity),
                new Case(
                        new RelationalLoss(25, 50),
                        Shape.of(BATCH, 3),
                        Shape.of(BATCH, 1, 2, 2),
                        (s, t) -> PlainLosses.relation(s, t, 25, 50)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valueAndGradientFollowTheFormula(Case of) {
        var random = new Random(17);
        var student = random.doubles(of.student.size(), -2, 2).toArray();
        var teacher = random.doubles(of.teacher.size(), -2, 2).toArray();
        var studentInput = graph.input(of.student, student);
        var teacherInput = graph.input(of.teacher, teacher);
        var knowledge = new Knowledge(studentInput, teacherInput, graph.labels(LABELS), graph.tf.constant(1f));
        var output = of.loss.build(graph.tf, "loss", knowledge, 1);
        double expected = of.plain.applyAsDouble(rows(student), rows(teacher));
        assertThat(graph.readScalar(output.loss())).isEqualTo(expected, within(2e-6 * Math.max(1, expected)));

        var gradient = Gradient.build(graph.tf, output.loss(), List.of(studentInput, teacherInput));
        assertThat(gradient.components().get(1))
                .as("no gradient to the teacher")
                .isEmpty();
        var actual = graph.read(gradient.components().get(0).orElseThrow());
        double largest = 0;
        for (int i = 0; i < student.length; i++) {
            double difference = centralDifference(of, student, teacher, i);
            largest = Math.max(largest, Math.abs(difference));
            assertThat(actual[i]).isEqualTo(difference, within(1e-5 * Math.max(1, expected)));
        }
        assertThat(largest).isPositive();
    }

    private static double centralDifference(Case of, double[] student, double[] teacher, int i) {
        double step = 1e-5;
        var up = student.clone();
        var down = student.clone();
        up[i] += step;
        down[i] -= step;
        return (of.plain.applyAsDouble(rows(up), rows(teacher)) - of.plain.applyAsDouble(rows(down), rows(teacher)))
                / (2 * step);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBatchOfOneIsFinite(Case of) {
        var student = graph.input(of.student.tail().prepend(1), ones(of.student));
        var teacher = graph.input(of.teacher.tail().prepend(1), ones(of.teacher));
        var knowledge = new Knowledge(student, teacher, graph.labels(2), graph.tf.constant(1f));
        var loss = of.loss.build(graph.tf, "loss", knowledge, 1).loss();
        assertThat(graph.readScalar(loss)).isFinite();
        var gradient = Gradient.build(graph.tf, loss, List.of(student))
                .components()
                .get(0)
                .orElseThrow();
        assertThat(Arrays.stream(graph.read(gradient)).allMatch(Double::isFinite))
                .isTrue();
    }

    @Test
    void decoupledIsPlainDistillationWhereItsWeightsAreTheTeachers() {
        double[][] student = {{1, -1, 2, .5}};
        double[][] teacher = {{0, 2, -1, 1}};
        var exp = Arrays.stream(teacher[0]).map(Math::exp).toArray();
        double others = 1 - exp[2] / Arrays.stream(exp).sum();
        var shape = Shape.of(1, 4);
        var knowledge = new Knowledge(
                graph.input(shape, student[0]), graph.input(shape, teacher[0]), graph.labels(2), graph.tf.constant(1f));
        double decoupled = graph.readScalar(new DecoupledLoss(1, (float) others, 1)
                .build(graph.tf, "a", knowledge, 1)
                .loss());
        double plain = graph.readScalar(
                new OutputLoss(1).build(graph.tf, "b", knowledge, 1).loss());
        assertThat(decoupled).isEqualTo(plain, within(1e-5));
    }

    /** W from its variable: 0.05 ‖fW − t‖ + 0.03 (‖WWᵀ − I‖ + ‖WᵀW − I‖). */
    @Test
    void taskOrientedFeatureLossFollowsItsMatrix() {
        double[] student = {1, 2, -1, .5, 0, 3};
        double[] teacher = {1, -1, .5, 2};
        var knowledge = new Knowledge(
                graph.input(Shape.of(2, 3), student),
                graph.input(Shape.of(2, 2), teacher),
                graph.labels(0, 0),
                graph.tf.constant(1f));
        var output = new TaskOrientedFeatureLoss(.05f, .03f).build(graph.tf, "branch", knowledge, 1);
        var adapter = output.adapters().get(0);
        graph.run(List.of(adapter.initialize()));
        var w = graph.read(adapter.variable().value()); // [3, 2]
        double distance = 0;
        for (int i = 0; i < 2; i++) {
            for (int c = 0; c < 2; c++) {
                double mapped = 0;
                for (int d = 0; d < 3; d++) {
                    mapped += student[3 * i + d] * w[2 * d + c];
                }
                distance += Math.pow(mapped - teacher[2 * i + c], 2);
            }
        }
        double rows = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                rows += Math.pow(w[2 * i] * w[2 * j] + w[2 * i + 1] * w[2 * j + 1] - (i == j ? 1 : 0), 2);
            }
        }
        double columns = 0;
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                columns += Math.pow(w[i] * w[j] + w[2 + i] * w[2 + j] + w[4 + i] * w[4 + j] - (i == j ? 1 : 0), 2);
            }
        }
        assertThat(graph.readScalar(output.loss()))
                .isEqualTo(.05 * Math.sqrt(distance) + .03 * (Math.sqrt(rows) + Math.sqrt(columns)), within(1e-6));
    }

    @Test
    void attentionRefusesMapsThatAreNoMultiples() {
        var student = graph.tf.withName("s").math.abs(graph.input(Shape.of(1, 3, 3, 1), new double[9]));
        var teacher = graph.tf.withName("t").math.abs(graph.input(Shape.of(1, 2, 2, 1), new double[4]));
        assertThatThrownBy(() -> new AttentionTransferLoss()
                        .build(
                                graph.tf,
                                "at",
                                new Knowledge(student, teacher, graph.labels(0), graph.tf.constant(1f)),
                                1))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "loss 'at': student feature 's' is [batch, 3, 3, 1], teacher feature 't' is [batch, 2, 2, 1]; expected maps"
                                + " [batch, height, width, channels], one a whole number of times as large as the other");
    }

    private static double[] ones(Shape shape) {
        var values = new double[Math.toIntExact(shape.tail().size())];
        Arrays.fill(values, 1);
        values[0] = 2;
        return values;
    }

    private static double[][] rows(double[] values) {
        var rows = new double[BATCH][];
        int size = values.length / BATCH;
        for (int i = 0; i < BATCH; i++) {
            rows[i] = Arrays.copyOfRange(values, i * size, (i + 1) * size);
        }
        return rows;
    }

    private static double[][] halved(double[][] maps, int size, int channels) {
        return Arrays.stream(maps)
                .map(map -> PlainLosses.halved(map, size, channels))
                .toArray(double[][]::new);
    }
}
