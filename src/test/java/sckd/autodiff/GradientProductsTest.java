package sckd.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class GradientProductsTest {
    private static final Optional<Operand<TFloat32>> ABSENT = Optional.empty();

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void sumOverAllVariables() {
        var supervised = gradient(List.of(matrix(1, 2, 3, 4), vector(5, 6)));
        var first = gradient(List.of(matrix(-1, 0, 2, 1), vector(3, -4)));
        var second = gradient(List.of(matrix(2, 4, 6, 8), vector(10, 12)));
        var products = GradientProducts.build(graph.tf, supervised, List.of(first, second));
        double square = 1 + 4 + 9 + 16 + 25 + 36;
        double firstSquare = 1 + 4 + 1 + 9 + 16;
        double firstDot = -1 + 2 * 3 + 4 + 3 * 5 - 4 * 6;
        assertThat(graph.read(products.dots())).containsExactly(firstDot, 2 * square);
        assertThat(graph.readScalar(products.supervisedSquaredNorm())).isEqualTo(square);
        assertThat(graph.read(products.squaredNorms())).containsExactly(firstSquare, 4 * square);
        assertThat(graph.read(products.buildCosines(graph.tf)))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(firstDot / Math.sqrt(square * firstSquare), 1.0);
    }

    @Test
    void absentComponentsCountAsZeros() {
        var supervised = gradient(List.of(ABSENT, vector(3, 4), vector(0, 2)));
        var loss = gradient(List.of(vector(7, 7), ABSENT, vector(1, 1)));
        var products = GradientProducts.build(graph.tf, supervised, List.of(loss));
        assertThat(graph.read(products.dots())).containsExactly(2);
        assertThat(graph.readScalar(products.supervisedSquaredNorm())).isEqualTo(9 + 16 + 4);
        assertThat(graph.read(products.squaredNorms())).containsExactly(49 + 49 + 1 + 1);
    }

    @Test
    void nothingInCommonIsOrthogonal() {
        var products = GradientProducts.build(
                graph.tf, gradient(List.of(vector(1, 2), ABSENT)), List.of(gradient(List.of(ABSENT, vector(1, 2)))));
        assertThat(graph.read(products.dots())).containsExactly(0);
        assertThat(cosines(products)).containsExactly(0);
    }

    @Test
    void aZeroGradientHasCosineZero() {
        assertThat(cosine(new double[] {1, 2}, new double[] {0, 0})).isEqualTo(0);
        assertThat(cosine(new double[] {0, 0}, new double[] {1, 2})).isEqualTo(0);
        assertThat(cosine(new double[] {0, 0}, new double[] {0, 0})).isEqualTo(0);
    }

    @Test
    void aGradientThatReachesNothingHasCosineZero() {
        var products =
                GradientProducts.build(graph.tf, gradient(List.of(vector(1, 2))), List.of(gradient(List.of(ABSENT))));
        assertThat(cosines(products)).containsExactly(0);
    }

    @Test
    void smallAndLargeNormsKeepTheirDirection() {
        // The product of these squared norms, 1e-56 or 1e56, is outside of float32's range; the norms are not.
        assertThat(cosine(new double[] {3e-14, 4e-14}, new double[] {4e-14, 3e-14}))
                .isEqualTo(24.0 / 25, within(1e-5));
        assertThat(cosine(new double[] {3e14, 4e14}, new double[] {-4e14, -3e14}))
                .isEqualTo(-24.0 / 25, within(1e-5));
        assertThat(cosine(new double[] {3e-14, 4e-14}, new double[] {4e14, 3e14}))
                .isEqualTo(24.0 / 25, within(1e-5));
    }

    @Test
    void normsOutsideOfFloat32HaveCosineZero() {
        assertThat(cosine(new double[] {1, 1}, new double[] {1e-25, 1e-25})).isEqualTo(0);
        assertThat(cosine(new double[] {1, 1}, new double[] {1e25, 1e25})).isEqualTo(0);
        assertThat(cosine(new double[] {1e25, 1}, new double[] {1e25, -1e25})).isEqualTo(0);
        assertThat(cosine(new double[] {1e25, 1}, new double[] {0, 0})).isEqualTo(0);
    }

    @Test
    void aNanIsNotHidden() {
        assertThat(cosine(new double[] {1, 1}, new double[] {Double.NaN, 1})).isNaN();
    }

    @Test
    void noLossesGiveEmptyVectors() {
        var products = GradientProducts.build(graph.tf, gradient(List.of(vector(3, 4))), List.of());
        assertThat(graph.read(products.dots())).isEmpty();
        assertThat(graph.read(products.squaredNorms())).isEmpty();
        assertThat(cosines(products)).isEmpty();
        assertThat(graph.readScalar(products.supervisedSquaredNorm())).isEqualTo(25);
    }

    @Test
    void sumsOverAMillionElementsKeepFiveDigits() {
        int size = 1_000_000;
        var ones = new double[size];
        Arrays.fill(ones, 1);
        var small = new double[size];
        Arrays.fill(small, 1e-3);
        // Added one by one, float32 would be off by about 1 %.
        assertThat(cosine(ones, small)).isEqualTo(1, within(1e-5));
    }

    private double cosine(double[] supervised, double[] loss) {
        var products = GradientProducts.build(
                graph.tf, gradient(List.of(vector(supervised))), List.of(gradient(List.of(vector(loss)))));
        return cosines(products)[0];
    }

    private double[] cosines(GradientProducts products) {
        return graph.read(products.buildCosines(graph.tf));
    }

    private static Gradient gradient(List<Optional<Operand<TFloat32>>> components) {
        return new Gradient(components);
    }

    private Optional<Operand<TFloat32>> vector(double... values) {
        return Optional.of(graph.input(Shape.of(values.length), values));
    }

    private Optional<Operand<TFloat32>> matrix(double... values) {
        return Optional.of(graph.input(Shape.of(2, values.length / 2), values));
    }
}
