package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.autodiff.TestGraph;
import sckd.graph.Variable;

/** Heads against the same written out in double precision, and their gradients against its central differences. */
class HeadTest {
    private static final int BATCH = 3;
    private static final int SIZE = 5;
    private static final int CHANNELS = 2;
    private static final int CLASSES = 3;
    private static final int[] LABELS = {2, 0, 1};
    private static final Shape MAPS = Shape.of(BATCH, SIZE, SIZE, CHANNELS);

    private final TestGraph graph = new TestGraph();
    private final double[] input = new Random(5)
            .doubles(MAPS.size(), -1, 1)
            .map(value -> (float) value)
            .toArray();

    @AfterEach
    void close() {
        graph.close();
    }

    static Stream<Head> heads() {
        return Stream.of(new PooledHead(), new SeparableHead(1), new SeparableHead(2));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void trainsAsWrittenOut(Head head) {
        var feature = graph.input(MAPS, input);
        var named = new NamedHead("early", head, "stage1", 1);
        var output = named.buildTraining(graph.tf, feature, CLASSES, .9f, 7);
        graph.run(output.variables().stream().map(Adapter::initialize).toList());
        var values = graph.read(output.variables().stream()
                .map(variable -> variable.variable().value())
                .toList());
        assertThat(graph.read(output.tensors().logits()))
                .usingComparatorWithPrecision(1e-5)
                .containsExactly(logits(head, true, input, values));

        var loss = CrossEntropy.build(graph.tf, output.tensors().logits(), graph.labels(LABELS));
        assertThat(graph.readScalar(loss)).isCloseTo(crossEntropy(head, input, values), within(1e-5));
        var trained = output.variables().stream().filter(Adapter::trainable).toList();
        var operands = new ArrayList<Operand<TFloat32>>(List.of(feature));
        trained.forEach(variable -> operands.add(variable.variable().value()));
        var gradient = Gradient.build(graph.tf, loss, operands);
        checkClose(gradient, 0, slopes(head, values, -1));
        for (int v = 0; v < trained.size(); v++) {
            checkClose(gradient, v + 1, slopes(head, values, output.variables().indexOf(trained.get(v))));
        }
    }

    private void checkClose(Gradient gradient, int component, double[] expected) {
        assertThat(graph.read(gradient.components().get(component).orElseThrow()))
                .usingComparatorWithPrecision(1e-4)
                .containsExactly(expected);
    }

    @Test
    void movingAveragesFollowTheBatch() {
        var output = new NamedHead("early", new SeparableHead(1), "stage1", 1)
                .buildTraining(graph.tf, graph.input(MAPS, input), CLASSES, .75f, 7);
        graph.run(output.variables().stream().map(Adapter::initialize).toList());
        var variables = output.variables().stream().map(Adapter::variable).toList();
        var before = graph.read(variables.stream().map(Variable::value).toList());
        var plain = new PlainHead(true, before);
        plain.separable(input, BATCH, SIZE, CHANNELS, 1, CLASSES);

        graph.run(output.updates());

        int found = 0;
        for (var variable : variables) {
            if (variable.name().contains("moving_")) {
                double first = variable.name().endsWith("variance") ? 1 : 0;
                var statistic = plain.statistics.get(found++);
                var after = graph.read(variable.value());
                for (int c = 0; c < after.length; c++) {
                    assertThat(after[c]).isCloseTo(.75 * first + .25 * statistic[c], within(1e-5));
                }
            }
        }
        assertThat(found).isEqualTo(4);
        assertThat(variables)
                .extracting(Variable::name)
                .startsWith("heads/early/block1/first/depthwise/kernel", "heads/early/block1/first/pointwise/kernel")
                .endsWith("heads/early/classifier/kernel", "heads/early/classifier/bias");
    }

    @ParameterizedTest
    @MethodSource("heads")
    void frozenItGoesByTheMovingAverages(Head head) {
        var values = new ArrayList<double[]>();
        var random = new Random(11);
        HeadLayers.Values drawn = (tf, name, shape, first) -> {
            var value = random.doubles(shape.size(), .1, .9).toArray();
            values.add(TestGraph.doubles(TestGraph.floats(value)));
            return tf.constant(shape, DataBuffers.of(TestGraph.floats(value)));
        };
        var tensors = new NamedHead("early", head, "stage1", 1)
                .buildFrozen(graph.tf, graph.input(MAPS, input), CLASSES, drawn, 7);
        var expected = logits(head, false, input, values);
        var actual = graph.read(tensors.logits());
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-5 * Math.max(1, Math.abs(expected[i]))));
        }
    }

    @Test
    void eachHeadStartsApartAndAlikeForTheSameSeed() {
        var feature = graph.input(MAPS, input);
        var kernels = Stream.of("a", "b")
                .flatMap(name -> Stream.of(1L, 2L).map(seed -> kernel(name, feature, seed)))
                .toList();
        assertThat(kernels).doesNotHaveDuplicates();
        assertThat(kernel("a", feature, 1)).isEqualTo(kernels.get(0));
    }

    private List<Float> kernel(String name, Operand<TFloat32> feature, long seed) {
        var kernels = new ArrayList<Float>();
        new NamedHead(name, new PooledHead(), "stage1", 1)
                .buildFrozen(
                        graph.tf,
                        feature,
                        CLASSES,
                        (tf, variable, shape, first) -> {
                            for (float value : first) {
                                kernels.add(value);
                            }
                            return tf.constant(shape, DataBuffers.of(first));
                        },
                        seed);
        return kernels;
    }

    @Test
    void pooledTakesTokensAndVectors() {
        var tokens = graph.input(Shape.of(1, 2, 2), 1, 2, 3, 6);
        var vectors = graph.input(Shape.of(1, 2), 2, 4);
        for (var feature : List.of(tokens, vectors)) {
            var tensors = new NamedHead("a", new PooledHead(), "x", 1)
                    .buildFrozen(
                            graph.tf,
                            feature,
                            1,
                            (tf, name, shape, first) -> tf.fill(tf.constant(shape), tf.constant(1f)),
                            1);
            assertThat(graph.read(graph.tf.identity(tensors.feature()))).containsExactly(2, 4);
            assertThat(graph.read(tensors.logits())).containsExactly(2 + 4 + 1);
        }
    }

    @Test
    void aLayerOfTheWrongShapeIsOneLine() {
        var vectors = graph.input(Shape.of(2, 3), 0, 0, 0, 0, 0, 0);
        assertThatThrownBy(() -> new NamedHead("early", new SeparableHead(1), "pooled", 1)
                        .buildTraining(graph.tf, vectors, CLASSES, .9f, 1))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "head 'early': layer 'pooled' is [batch, 3]; expected maps [batch, height, width, channels] of known channels: choose another layer, or the kind pooled");
        var unknown = graph.input(Shape.of(2, Shape.UNKNOWN_SIZE), Shape.of(2, 1), 0, 0);
        assertThatThrownBy(() -> new NamedHead("early", new PooledHead(), "x", 1)
                        .buildTraining(graph.tf, unknown, CLASSES, .9f, 1))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "head 'early': layer 'x' is [batch, ?]; expected maps, tokens or vectors of known channels: choose another layer");
    }

    @Test
    void refusesParametersThatMakeNoSense() {
        assertThatThrownBy(() -> new SeparableHead(0)).hasMessage("blocks is 0; expected at least 1");
        assertThatThrownBy(() -> new NamedHead("a", new PooledHead(), "x", -1))
                .hasMessage("weight is -1.0; expected at least 0 and finite");
    }

    private static double[] logits(Head head, boolean training, double[] input, List<double[]> values) {
        var plain = new PlainHead(training, values);
        return head instanceof SeparableHead separable
                ? plain.separable(input, BATCH, SIZE, CHANNELS, separable.blocks(), CLASSES)
                : plain.pooled(input, BATCH, SIZE, CHANNELS, CLASSES);
    }

    private static double crossEntropy(Head head, double[] input, List<double[]> values) {
        var logits = logits(head, true, input, values);
        double sum = 0;
        for (int n = 0; n < BATCH; n++) {
            double total = 0;
            for (int c = 0; c < CLASSES; c++) {
                total += Math.exp(logits[n * CLASSES + c]);
            }
            sum += Math.log(total) - logits[n * CLASSES + LABELS[n]];
        }
        return sum / BATCH;
    }

    /** Central differences in one of the values; −1: in the input. */
    private double[] slopes(Head head, List<double[]> values, int index) {
        double step = 1e-6;
        var changed = index < 0 ? input.clone() : values.get(index).clone();
        var slopes = new double[changed.length];
        for (int i = 0; i < slopes.length; i++) {
            double middle = changed[i];
            changed[i] = middle + step;
            double up = withChanged(head, values, index, changed);
            changed[i] = middle - step;
            slopes[i] = (up - withChanged(head, values, index, changed)) / (2 * step);
            changed[i] = middle;
        }
        return slopes;
    }

    private double withChanged(Head head, List<double[]> values, int index, double[] changed) {
        if (index < 0) {
            return crossEntropy(head, changed, values);
        }
        var all = new ArrayList<>(values);
        all.set(index, changed);
        return crossEntropy(head, input, all);
    }
}
