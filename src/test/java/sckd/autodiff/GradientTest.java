package sckd.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.EnsureShape;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.UserException;

class GradientTest {
    private static final Shape THREE = Shape.of(3);
    private static final Shape IMAGES = Shape.of(1, 4, 4, 1);
    private static final List<Long> STRIDES = List.of(1L, 1L, 1L, 1L);

    private final TestGraph graph = new TestGraph();
    private final Ops tf = graph.tf;
    private final Operand<TFloat32> images = graph.input(THREE, 1, 2, 3);
    private final Operand<TFloat32> weights = graph.input(THREE, 4, 5, 6);
    private final Operand<TFloat32> others = graph.input(THREE, 7, 8, 9);

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void hasAComponentForEachValueInOrder() {
        var loss = sum(tf.math.mul(tf.math.square(weights), others));
        var gradient = Gradient.build(tf, loss, List.of(others, weights));
        assertThat(graph.read(gradient.components().get(0).orElseThrow())).containsExactly(16, 25, 36);
        assertThat(graph.read(gradient.components().get(1).orElseThrow()))
                .containsExactly(2 * 4 * 7, 2 * 5 * 8, 2 * 6 * 9);
    }

    @Test
    void isEmptyWhereTheLossDoesNotDependOnTheVariable() {
        var gradient = Gradient.build(tf, sum(tf.math.mul(weights, images)), List.of(others, weights));
        assertThat(gradient.components().get(0)).isEmpty();
        assertThat(graph.read(gradient.components().get(1).orElseThrow())).containsExactly(1, 2, 3);
    }

    @Test
    void addsNothingForALossWithoutVariables() {
        var loss = sum(images);
        var before = graph.operations();
        var gradient = Gradient.build(tf, loss, List.of(weights, others));
        assertThat(gradient.components()).containsExactly(Optional.empty(), Optional.empty());
        assertThat(graph.operations()).isEqualTo(before);
    }

    @Test
    void ofAVariableByItselfIsOne() {
        var scalar = graph.input(Shape.scalar(), 5);
        var gradient = Gradient.build(tf, scalar, List.of(scalar));
        assertThat(graph.readScalar(gradient.components().get(0).orElseThrow())).isEqualTo(1);
    }

    @Test
    void endsAtStopGradient() {
        var loss = sum(tf.math.mul(tf.stopGradient(tf.math.mul(weights, others)), weights));
        var gradient = Gradient.build(tf, loss, List.of(weights, others));
        assertThat(graph.read(gradient.components().get(0).orElseThrow())).containsExactly(4 * 7, 5 * 8, 6 * 9);
        assertThat(gradient.components().get(1)).isEmpty();
    }

    @Test
    void isEmptyBehindFloorAndBehindIntegers() {
        var floored = tf.math.floor(weights);
        var picked = tf.gather(images, tf.dtypes.cast(tf.math.sub(others, others), TInt32.class), tf.constant(0));
        var loss = sum(tf.math.mul(tf.math.mul(floored, picked), tf.math.exp(images)));
        var gradient = Gradient.build(tf, loss, List.of(weights, others, images));
        assertThat(gradient.components().get(0)).isEmpty();
        assertThat(gradient.components().get(1)).isEmpty();
        assertThat(gradient.components().get(2)).isPresent();
    }

    @Test
    void walksNeitherIntoAFrozenTeacherNorIntoTheInput() {
        long withShallow = operationsAddedFor(images, 1);
        long withDeep = operationsAddedFor(images, 40);
        assertThat(withDeep).isEqualTo(withShallow);
    }

    @Test
    void walksNotIntoATeacherOfTheSameVariablesBehindStopGradient() {
        long withShallow = operationsAddedFor(weights, 1);
        long withDeep = operationsAddedFor(weights, 40);
        assertThat(withDeep).isEqualTo(withShallow);
    }

    private long operationsAddedFor(Operand<TFloat32> teacherInput, int depth) {
        var teacher = teacherInput;
        for (int i = 0; i < depth; i++) {
            teacher = tf.math.tanh(tf.math.xlogy(teacher, teacher)); // xlogy has no gradient
        }
        var preprocessed = tf.math.div(tf.math.xlogy(images, images), tf.constant(2f));
        var student = tf.math.mul(preprocessed, weights);
        var loss = sum(tf.math.squaredDifference(student, tf.stopGradient(teacher)));
        int before = graph.operations().size();
        var gradient = Gradient.build(tf, loss, List.of(weights));
        int added = graph.operations().size() - before;
        assertThat(gradient.components().get(0)).isPresent();
        assertThat(added).isPositive();
        return added;
    }

    @Test
    void namesAnOpWithoutGradientAndItsNode() {
        var checked =
                EnsureShape.create(tf.withSubScope("student").withName("check").scope(), weights, THREE);
        var loss = sum(checked);
        var before = graph.operations();
        assertThatThrownBy(() -> Gradient.build(tf, loss, List.of(weights)))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "TensorFlow has no gradient for op EnsureShape, node 'student/check': the variables that feed it cannot"
                                + " be trained; use a model without that op");
        assertThat(graph.operations()).as("nothing added").isEqualTo(before);
    }

    @Test
    void refusesAnOpWithoutGradientThoughAnotherWayLeadsToTheVariable() {
        var rounded = tf.withName("rounded").math.ceil(weights);
        assertRefused(tf.math.add(rounded, weights), weights, "op Ceil, node 'rounded'");
    }

    @Test
    void refusesAConvolutionWithExplicitPadding() {
        var map = graph.input(IMAGES, new double[16]);
        var kernel = graph.input(Shape.of(2, 2, 1, 1), 1, 2, 3, 4);
        var convolved = tf.withName("convolution")
                .nn
                .conv2d(map, kernel, STRIDES, "EXPLICIT", Conv2d.explicitPaddings(0L, 0L, 1L, 1L, 1L, 1L, 0L, 0L));
        assertRefused(convolved, kernel, "op Conv2D with explicit padding, node 'convolution'");
    }

    @Test
    void refusesAConvolutionWithDilations() {
        var map = graph.input(IMAGES, new double[16]);
        var kernel = graph.input(Shape.of(2, 2, 1, 1), 1, 2, 3, 4);
        var convolved =
                tf.withName("convolution").nn.conv2d(map, kernel, STRIDES, "VALID", Conv2d.dilations(1L, 2L, 2L, 1L));
        assertRefused(convolved, kernel, "op Conv2D with dilations, node 'convolution'");
    }

    @Test
    void refusesADepthwiseConvolutionWithDilations() {
        var map = graph.input(IMAGES, new double[16]);
        var kernel = graph.input(Shape.of(2, 2, 1, 1), 1, 2, 3, 4);
        var convolved = tf.withName("convolution")
                .nn
                .depthwiseConv2dNative(map, kernel, STRIDES, "VALID", DepthwiseConv2dNative.dilations(1L, 2L, 2L, 1L));
        assertRefused(convolved, kernel, "op DepthwiseConv2dNative with dilations, node 'convolution'");
    }

    @Test
    void firstKeepsTheLeadingComponents() {
        var gradient = Gradient.build(tf, sum(tf.math.mul(weights, others)), List.of(weights, others, images));
        assertThat(gradient.first(2).components())
                .isEqualTo(gradient.components().subList(0, 2));
    }

    @Test
    void denseFillsEmptyComponentsWithZeros() {
        var gradient = Gradient.build(tf, sum(tf.math.mul(weights, images)), List.of(weights, others));
        var dense = gradient.buildDense(tf, List.of(weights, others));
        assertThat(graph.read(dense.get(0))).containsExactly(1, 2, 3);
        assertThat(graph.read(dense.get(1))).containsExactly(0, 0, 0);
    }

    @Test
    void denseWantsAValueForEachComponent() {
        var gradient = Gradient.build(tf, sum(weights), List.of(weights));
        assertThatThrownBy(() -> gradient.buildDense(tf, List.of(weights, others)))
                .hasMessage("2 values; expected one for each of the gradient's 1 components");
    }

    private void assertRefused(Operand<TFloat32> layer, Operand<TFloat32> kernel, String what) {
        var loss = sum(tf.reshape(layer, tf.array(-1)));
        assertThatThrownBy(() -> Gradient.build(tf, loss, List.of(kernel)))
                .isInstanceOf(UserException.class)
                .hasMessage("TensorFlow has no gradient for " + what
                        + ": the variables that feed it cannot be trained; use a model without that op");
    }

    private Operand<TFloat32> sum(Operand<TFloat32> vector) {
        return tf.reduceSum(vector, tf.constant(0));
    }
}
