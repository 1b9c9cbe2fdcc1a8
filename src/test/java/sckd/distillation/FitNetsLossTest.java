package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.autodiff.TestGraph;

class FitNetsLossTest {
    private static final long SEED = 5;

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    /** Student's size, teacher's size, kernel's size. */
    @ParameterizedTest
    @CsvSource({"2,2,1", "4,2,3", "2,4,4", "1,1,1", "2,1,3", "1,2,4"})
    void valueAndGradientsFollowAPlainComputation(int studentSize, int teacherSize, int kernelSize) {
        var reference = new PlainRegressor(3, studentSize, 2, teacherSize, 4, kernelSize);
        var random = new Random(SEED);
        var student = random.doubles(3L * studentSize * studentSize * 2, -1, 1)
                .map(x -> (float) x)
                .toArray();
        var teacher = random.doubles(3L * teacherSize * teacherSize * 4, 0, 2)
                .map(x -> (float) x)
                .toArray();
        var studentFeature = map(studentSize, 2, student);
        var teacherFeature = map(teacherSize, 4, teacher);
        var output = build(studentFeature, teacherFeature);
        var inputs = new ArrayList<Operand<TFloat32>>(List.of(studentFeature));
        output.adapters().forEach(adapter -> inputs.add(adapter.variable().value()));
        var values = new ArrayList<double[]>(List.of(student));
        output.adapters()
                .forEach(adapter -> values.add(graph.read(adapter.variable().value())));

        assertThat(output.adapters().get(0).variable().shape().asArray()).startsWith(kernelSize, kernelSize);
        double expected = reference.loss(values, teacher);
        assertThat(graph.readScalar(output.loss())).isEqualTo(expected, within(1e-5 * expected));
        var gradient = Gradient.build(graph.tf, output.loss(), inputs);
        for (int i = 0; i < inputs.size(); i++) {
            var slopes = reference.slopes(values, i, teacher);
            double largest = Arrays.stream(slopes).map(Math::abs).max().orElseThrow();
            assertThat(graph.read(gradient.components().get(i).orElseThrow()))
                    .as("gradient to input %s, seed %s", i, SEED)
                    .usingComparatorWithPrecision(1e-4 * largest + 1e-6)
                    .containsExactly(slopes);
        }
    }

    @Test
    void isZeroWhereTheRegressorGivesTheTeachersFeature() {
        // With a batch of one pixel, batch norm gives its offset, which is 0.
        var output = build(graph.input(Shape.of(1, 1, 1, 2), 3, -4), graph.input(Shape.of(1, 1, 1, 3), 0, 0, 0));
        assertThat(graph.readScalar(output.loss())).isEqualTo(0);
    }

    @Test
    void isFiniteForABatchOfOneAndForAConstantMap() {
        var student = graph.input(Shape.of(1, 2, 2, 1), 7, 7, 7, 7);
        var output = build(student, graph.input(Shape.of(1, 2, 2, 1), 1, 2, 3, 4));
        assertThat(graph.readScalar(output.loss())).isEqualTo((1 + 4 + 9 + 16) / 4.0, within(1e-5));
        var gradient = Gradient.build(graph.tf, output.loss(), List.of(student));
        assertThat(graph.read(gradient.components().get(0).orElseThrow())).containsExactly(0, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({"2,2", "4,2", "2,4"})
    void takesAShortLastBatch(int studentSize, int teacherSize) {
        var student = graph.input(
                Shape.of(-1, studentSize, studentSize, 1),
                Shape.of(3, studentSize, studentSize, 1),
                ramp(3 * studentSize * studentSize));
        var teacher = graph.input(
                Shape.of(-1, teacherSize, teacherSize, 1),
                Shape.of(3, teacherSize, teacherSize, 1),
                ramp(3 * teacherSize * teacherSize));
        var output = build(student, teacher);
        for (int batch = 3; batch > 0; batch--) {
            var studentShape = Shape.of(batch, studentSize, studentSize, 1);
            var teacherShape = Shape.of(batch, teacherSize, teacherSize, 1);
            var studentValues = ramp((int) studentShape.size());
            var teacherValues = ramp((int) teacherShape.size());
            graph.feed(student, studentShape, studentValues);
            graph.feed(teacher, teacherShape, teacherValues);
            try (var other = new TestGraph()) {
                var whole = build(
                        other, other.input(studentShape, studentValues), other.input(teacherShape, teacherValues), 1);
                assertThat(graph.readScalar(output.loss()))
                        .isEqualTo(other.readScalar(whole.loss()), within(1e-6))
                        .isPositive();
            }
        }
    }

    @Test
    void comparesVectorsAsMapsOfOnePixel() {
        double[] student = {1, 2, 3, 4, 5, 7};
        double[] teacher = {1, 0, 2, 0, 3, 1};
        var vectors = build(graph.input(Shape.of(3, 2), student), graph.input(Shape.of(3, 2), teacher));
        try (var other = new TestGraph()) {
            var maps = build(
                    other, other.input(Shape.of(3, 1, 1, 2), student), other.input(Shape.of(3, 1, 1, 2), teacher), 1);
            assertThat(graph.readScalar(vectors.loss()))
                    .isEqualTo(other.readScalar(maps.loss()))
                    .isPositive();
        }
    }

    @Test
    void gradientStopsAtTheTeacher() {
        var student = map(2, 1, ramp(12));
        var teacher = map(2, 1, ramp(12));
        var components = Gradient.build(graph.tf, build(student, teacher).loss(), List.of(student, teacher))
                .components();
        assertThat(components.get(0)).isPresent();
        assertThat(components.get(1)).isEmpty();
    }

    @Test
    void adaptersAreNamedForTheLossAndTrained() {
        var adapters = build(map(2, 1, ramp(12)), map(2, 3, ramp(36))).adapters();
        assertThat(adapters)
                .extracting(adapter -> adapter.variable().name())
                .containsExactly("adapter/stage/kernel", "adapter/stage/scale", "adapter/stage/offset");
        assertThat(adapters).allMatch(Adapter::trainable);
        assertThat(graph.read(adapters.get(1).variable().value())).containsExactly(1, 1, 1);
        assertThat(graph.read(adapters.get(2).variable().value())).containsExactly(0, 0, 0);
    }

    @Test
    void firstValuesFollowFromSeedAndName() {
        var kernel = kernel("stage", 1);
        assertThat(kernel("stage", 1)).isEqualTo(kernel);
        assertThat(kernel("stage", 2)).isNotEqualTo(kernel);
        assertThat(kernel("other", 1)).isNotEqualTo(kernel);
    }

    @Test
    void kernelIsHeNormal() {
        var kernel = kernel("stage", 1);
        double squares = Arrays.stream(kernel).map(x -> x * x).sum();
        // 3·3·16 inputs; 4608 draws: the deviation's own deviation is about 1 %.
        assertThat(kernel).hasSize(3 * 3 * 16 * 32);
        assertThat(Math.sqrt(squares / kernel.length)).isEqualTo(Math.sqrt(2.0 / (3 * 3 * 16)), within(0.006));
        assertThat(Arrays.stream(kernel).average().orElseThrow()).isEqualTo(0, within(0.006));
    }

    private static double[] kernel(String name, long seed) {
        try (var graph = new TestGraph()) {
            var student = graph.input(Shape.of(1, 4, 4, 16), new double[256]);
            var teacher = graph.input(Shape.of(1, 2, 2, 32), new double[128]);
            var knowledge = new Knowledge(student, teacher, graph.labels(0), graph.tf.constant(1f));
            var adapter = new FitNetsLoss()
                    .build(graph.tf, name, knowledge, seed)
                    .adapters()
                    .get(0);
            graph.run(List.of(adapter.initialize()));
            return graph.read(adapter.variable().value());
        }
    }

    @Test
    void refusesMapsOfOtherSizes() {
        var student =
                graph.tf.withName("s").math.abs(graph.input(Shape.of(-1, 8, 8, 1), Shape.of(1, 8, 8, 1), ramp(64)));
        var teacher =
                graph.tf.withName("t").math.abs(graph.input(Shape.of(-1, 2, 2, 1), Shape.of(1, 2, 2, 1), ramp(4)));
        assertRefused(
                student, teacher, "student feature 's' is [batch, 8, 8, 1], teacher feature 't' is [batch, 2, 2, 1]");
    }

    @Test
    void refusesAMapBesideAVector() {
        var student = graph.tf.withName("s").math.abs(map(2, 1, ramp(12)));
        var teacher = graph.tf.withName("t").math.abs(graph.input(Shape.of(3, 4), ramp(12)));
        assertRefused(student, teacher, "student feature 's' is [batch, 2, 2, 1], teacher feature 't' is [batch, 4]");
    }

    /** Tokens are pixels of a map that has one column. */
    @Test
    void tokensAreProjectedOneByOne() {
        var values = ramp(3 * 4 * 2);
        var teacherValues = ramp(3 * 4 * 5);
        var tokens = build(graph.input(Shape.of(3, 4, 2), values), graph.input(Shape.of(3, 4, 5), teacherValues));
        var column = build(graph.input(Shape.of(3, 4, 1, 2), values), graph.input(Shape.of(3, 4, 1, 5), teacherValues));
        assertThat(graph.readScalar(tokens.loss())).isEqualTo(graph.readScalar(column.loss()));
        assertThat(tokens.adapters().get(0).variable().shape().asArray()).containsExactly(1, 1, 2, 5);
    }

    @Test
    void refusesAnotherNumberOfTokens() {
        var student = graph.tf.withName("s").math.abs(graph.input(Shape.of(1, 8, 2), ramp(16)));
        var teacher = graph.tf.withName("t").math.abs(graph.input(Shape.of(1, 4, 2), ramp(8)));
        assertRefused(student, teacher, "student feature 's' is [batch, 8, 2], teacher feature 't' is [batch, 4, 2]");
    }

    @Test
    void refusesHeightsAndWidthsThatDisagree() {
        var student = graph.tf.withName("s").math.abs(graph.input(Shape.of(1, 4, 2, 1), ramp(8)));
        var teacher = graph.tf.withName("t").math.abs(graph.input(Shape.of(1, 2, 2, 1), ramp(4)));
        assertRefused(
                student, teacher, "student feature 's' is [batch, 4, 2, 1], teacher feature 't' is [batch, 2, 2, 1]");
    }

    private void assertRefused(Operand<TFloat32> student, Operand<TFloat32> teacher, String what) {
        assertThatThrownBy(() -> build(student, teacher))
                .isInstanceOf(UserException.class)
                .hasMessage("loss 'stage': " + what
                        + "; expected two vectors, two rows of as many tokens, or two maps of which the"
                        + " student's has the"
                        + " teacher's height and width, twice or half of them: choose such layers");
    }

    private LossOutput build(Operand<TFloat32> student, Operand<TFloat32> teacher) {
        return build(graph, student, teacher, 1);
    }

    /** With the adapters' first values set. */
    private static LossOutput build(TestGraph graph, Operand<TFloat32> student, Operand<TFloat32> teacher, long seed) {
        var knowledge = new Knowledge(student, teacher, graph.labels(0), graph.tf.constant(1f));
        var output = new FitNetsLoss().build(graph.tf, "stage", knowledge, seed);
        graph.run(output.adapters().stream().map(Adapter::initialize).toList());
        return output;
    }

    private Operand<TFloat32> map(int size, int channels, double[] values) {
        return graph.input(Shape.of(3, size, size, channels), values);
    }

    private static double[] ramp(int size) {
        var values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = Math.sin(i);
        }
        return values;
    }
}
