package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import sckd.UserException;
import sckd.autodiff.Gradient;
import sckd.autodiff.TestGraph;

class CrossEntropyTest {
    private static final double LN2 = Math.log(2);
    private static final double LN5 = Math.log(5);

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void isTheMeanOverTheBatchOfTheNegativeLogLikelihood() {
        double[] logits = {0, LN2, LN5, LN2, 0, 0};
        assertThat(loss(logits, 1, 0)).isEqualTo(-(Math.log(2.0 / 8) + Math.log(2.0 / 4)) / 2, within(1e-6));
    }

    @Test
    void isZeroForACertainAndRightAnswer() {
        assertThat(loss(new double[] {200, 0, 0}, 0)).isEqualTo(0);
    }

    @Test
    void isUnchangedByAConstantAddedToAllLogits() {
        double[] logits = {0, LN2, LN5};
        double[] shifted = {7, LN2 + 7, LN5 + 7};
        assertThat(loss(shifted, 2)).isEqualTo(loss(logits, 2), within(1e-6));
    }

    @Test
    void isFiniteForHugeLogits() {
        assertThat(loss(new double[] {1e30, -1e30, 0}, 0)).isEqualTo(0);
        assertThat(loss(new double[] {1e30, -1e30, 0}, 1) / 2e30).isEqualTo(1, within(1e-6));
    }

    @Test
    void mixedLabelsWeighTheLikelihoodsOfBoth() {
        var logits = graph.input(Shape.of(2, 3), 0, LN2, LN5, LN2, 0, 0);
        var weights = graph.input(Shape.of(2), .25, 1);
        var loss = CrossEntropy.buildMixed(graph.tf, logits, graph.labels(1, 0), graph.labels(2, 1), weights);
        double first = -(.25 * Math.log(2.0 / 8) + .75 * Math.log(5.0 / 8));
        assertThat(graph.readScalar(loss)).isEqualTo((first - Math.log(2.0 / 4)) / 2, within(1e-6));
    }

    @Test
    void takesAShortLastBatch() {
        var logits = graph.input(Shape.of(-1, 3), Shape.of(2, 3), 0, LN2, LN5, 0, LN2, LN5);
        var labels = graph.labels(1, 1);
        var loss = CrossEntropy.build(graph.tf, logits, labels);
        assertThat(graph.readScalar(loss)).isEqualTo(-Math.log(2.0 / 8), within(1e-6));
        graph.feed(logits, Shape.of(1, 3), LN2, 0, 0);
        graph.feed(labels, 0);
        assertThat(graph.readScalar(loss)).isEqualTo(-Math.log(2.0 / 4), within(1e-6));
    }

    @Test
    void hasTheGradientSoftmaxMinusOneHotOverTheBatch() {
        var logits = graph.input(Shape.of(2, 3), 0, LN2, LN5, LN2, 0, 0);
        var loss = CrossEntropy.build(graph.tf, logits, graph.labels(2, 0));
        var gradient =
                Gradient.build(graph.tf, loss, List.of(logits)).components().get(0);
        assertThat(graph.read(gradient.orElseThrow()))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(
                        (1.0 / 8) / 2,
                        (2.0 / 8) / 2,
                        (5.0 / 8 - 1) / 2,
                        (2.0 / 4 - 1) / 2,
                        (1.0 / 4) / 2,
                        (1.0 / 4) / 2);
    }

    @Test
    void isNanForALabelThatIsNoClass() {
        double[] logits = {0, LN2, LN5, LN2, 0, 0};
        assertThat(loss(logits, 0, 3)).isNaN();
        assertThat(loss(logits, -1, 0)).isNaN();
    }

    @Test
    void refusesLogitsThatAreAMap() {
        var map = graph.tf
                .withName("features")
                .math
                .abs(graph.input(Shape.of(-1, 4, 4, 3), Shape.of(1, 4, 4, 3), new double[48]));
        assertThatThrownBy(() -> CrossEntropy.build(graph.tf, map, graph.labels(0)))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "logits 'features' are [batch, 4, 4, 3]; expected [batch, classes]: name a layer that ends in class scores");
    }

    private double loss(double[] logits, int... labels) {
        var input = graph.input(Shape.of(labels.length, logits.length / labels.length), logits);
        return graph.readScalar(CrossEntropy.build(graph.tf, input, graph.labels(labels)));
    }
}
