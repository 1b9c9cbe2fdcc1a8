package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
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

    static Stream<Case> ofLogits() {
        return cases().filter(of -> of.loss.source() == DistillationLoss.Source.LOGITS);
    }

    static Stream<Case> ofFeatures() {
        return cases().filter(of -> of.loss.source() == DistillationLoss.Source.FEATURE);
    }

    static Stream<Case> ofDifferences() {
        return Stream.concat(ofLogits(), ofFeatures().filter(of -> of.loss instanceof RelationalLoss));
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
        var slopes = slopes(student, () -> of.plain.applyAsDouble(rows(student), rows(teacher)));
        assertThat(actual)
                .usingComparatorWithPrecision(1e-5 * Math.max(1, expected))
                .containsExactly(slopes);
        assertThat(Arrays.stream(slopes).map(Math::abs).max().orElseThrow()).isPositive();
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

    /** Of the losses at agreement: soft cross-entropy is the teacher's entropy there, the others are 0. */
    @ParameterizedTest
    @MethodSource("cases")
    void nothingIsLeftToLearnWhereStudentAndTeacherAgree(Case of) {
        var values = new Random(23).doubles(of.student.size(), -2, 2).toArray();
        var student = graph.input(of.student, values);
        var loss = build(of, student, graph.input(of.student, values));
        var rows = rows(values);
        double entropy = of.loss instanceof SoftCrossEntropyLoss ? PlainLosses.softCrossEntropy(rows, rows, 3) : 0;
        assertThat(graph.readScalar(loss)).isEqualTo(entropy, within(1e-5));
        assertThat(gradient(loss, student)).usingComparatorWithPrecision(1e-5).containsOnly(0);
    }

    /** Probabilities do not see a constant added to all logits, distances and angles none that is added to all features. */
    @ParameterizedTest
    @MethodSource("ofDifferences")
    void aConstantAddedToAllIsNotSeen(Case of) {
        checkSame(of, x -> x + 2, x -> x - 3);
    }

    /** A feature's size is divided away. */
    @ParameterizedTest
    @MethodSource("ofFeatures")
    void theSizeOfFeaturesIsNotSeen(Case of) {
        checkSame(of, x -> 4 * x, x -> x / 8);
    }

    private void checkSame(Case of, DoubleUnaryOperator changeOfStudent, DoubleUnaryOperator changeOfTeacher) {
        var random = new Random(29);
        var student = random.doubles(of.student.size(), -2, 2).toArray();
        var teacher = random.doubles(of.teacher.size(), -2, 2).toArray();
        double before = graph.readScalar(build(of, graph.input(of.student, student), graph.input(of.teacher, teacher)));
        double after = graph.readScalar(build(
                of,
                graph.input(
                        of.student, Arrays.stream(student).map(changeOfStudent).toArray()),
                graph.input(
                        of.teacher, Arrays.stream(teacher).map(changeOfTeacher).toArray())));
        assertThat(before).isPositive();
        assertThat(after).isEqualTo(before, within(1e-5 * Math.max(1, before)));
    }

    /** The student as sure of one class as the teacher of another. */
    @ParameterizedTest
    @MethodSource("ofLogits")
    void hugeLogitsAreFinite(Case of) {
        for (double size : new double[] {1e2, 1e4, 1e6}) {
            var random = new Random(31);
            var student = graph.input(
                    of.student, random.doubles(of.student.size(), -size, size).toArray());
            var teacher = graph.input(
                    of.teacher, random.doubles(of.teacher.size(), -size, size).toArray());
            var loss = build(of, student, teacher);
            assertThat(graph.readScalar(loss)).isFinite().isNotNegative();
            assertThat(Arrays.stream(gradient(loss, student)).allMatch(Double::isFinite))
                    .isTrue();
        }
    }

    /** {@code (q_t/‖q_t‖)²}, mean over 4 positions, is 1/4. */
    @Test
    void anAttentionMapOfZerosStaysZero() {
        var shape = Shape.of(1, 2, 2, 2);
        var zeros = graph.input(shape, new double[8]);
        var ramp = graph.input(shape, 1, 2, 3, 4, 5, 6, 7, 8);
        var knowledge = new Knowledge(zeros, ramp, graph.labels(0), graph.tf.constant(1f));
        var loss =
                new AttentionTransferLoss().build(graph.tf, "at", knowledge, 1).loss();
        assertThat(graph.readScalar(loss)).isEqualTo(.25, within(1e-6));
        assertThat(gradient(loss, zeros)).usingComparatorWithPrecision(1e-12).containsOnly(0);
        var both = new Knowledge(zeros, zeros, graph.labels(0), graph.tf.constant(1f));
        assertThat(graph.readScalar(new AttentionTransferLoss()
                        .build(graph.tf, "zeros", both, 1)
                        .loss()))
                .isEqualTo(0);
    }

    private Operand<TFloat32> build(Case of, Operand<TFloat32> student, Operand<TFloat32> teacher) {
        var knowledge = new Knowledge(student, teacher, graph.labels(LABELS), graph.tf.constant(1f));
        return of.loss.build(graph.tf, "loss", knowledge, 1).loss();
    }

    private double[] gradient(Operand<TFloat32> loss, Operand<TFloat32> value) {
        var gradient = Gradient.build(graph.tf, loss, List.of(value));
        return graph.read(gradient.components().get(0).orElseThrow());
    }

    /** Its matrix as it starts; gradients to feature and matrix against central differences, at shapes that differ and at a square one. */
    @ParameterizedTest
    @CsvSource({"3, 2", "2, 3", "3, 3"})
    void taskOrientedFeatureLossFollowsItsMatrix(int inputs, int outputs) {
        var random = new Random(37);
        var student = random.doubles(4L * inputs, -2, 2).toArray();
        var teacher = random.doubles(4L * outputs, -2, 2).toArray();
        var studentInput = graph.input(Shape.of(4, inputs), student);
        var teacherInput = graph.input(Shape.of(4, outputs), teacher);
        var knowledge = new Knowledge(studentInput, teacherInput, graph.labels(0), graph.tf.constant(1f));
        var output = new TaskOrientedFeatureLoss(.5f, .25f).build(graph.tf, "branch", knowledge, 1);
        var matrix = output.adapters().get(0);
        graph.run(List.of(matrix.initialize()));
        var w = graph.read(matrix.variable().value());
        assertThat(w).hasSize(inputs * outputs);
        Supplier<Double> plain =
                () -> PlainLosses.taskOriented(rows(student, inputs), rows(teacher, outputs), w, .5, .25);
        assertThat(graph.readScalar(output.loss())).isEqualTo(plain.get(), within(1e-5));
        var sides = List.of(studentInput, matrix.variable().value(), teacherInput);
        var gradient = Gradient.build(graph.tf, output.loss(), sides).components();
        assertThat(graph.read(gradient.get(0).orElseThrow()))
                .usingComparatorWithPrecision(1e-5)
                .containsExactly(slopes(student, plain));
        assertThat(graph.read(gradient.get(1).orElseThrow()))
                .usingComparatorWithPrecision(1e-5)
                .containsExactly(slopes(w, plain));
        assertThat(gradient.get(2)).as("no gradient to the teacher").isEmpty();
    }

    /** The root has no slope at 0. */
    @Test
    void taskOrientedFeatureLossIsFiniteWhereTheFeaturesAreAlikeAndTheMatrixOrthogonal() {
        double[] feature = {1, -2, .5, 3};
        var student = graph.input(Shape.of(2, 2), feature);
        var knowledge =
                new Knowledge(student, graph.input(Shape.of(2, 2), feature), graph.labels(0), graph.tf.constant(1f));
        var output = new TaskOrientedFeatureLoss(.05f, .03f).build(graph.tf, "branch", knowledge, 1);
        var w = output.adapters().get(0).variable();
        graph.run(List.of(w.buildAssign(graph.tf, graph.input(Shape.of(2, 2), 1, 0, 0, 1))));
        assertThat(graph.readScalar(output.loss())).isEqualTo(0, within(1e-9));
        assertThat(gradient(output.loss(), student)).containsOnly(0);
        assertThat(gradient(output.loss(), w.value())).containsOnly(0);
    }

    private static double[] slopes(double[] values, Supplier<Double> loss) {
        double step = 1e-5;
        var slopes = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double middle = values[i];
            values[i] = middle + step;
            double up = loss.get();
            values[i] = middle - step;
            slopes[i] = (up - loss.get()) / (2 * step);
            values[i] = middle;
        }
        return slopes;
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
        return rows(values, values.length / BATCH);
    }

    private static double[][] rows(double[] values, int size) {
        var rows = new double[values.length / size][];
        for (int i = 0; i < rows.length; i++) {
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
