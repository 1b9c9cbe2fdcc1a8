package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InitialValuesTest {
    @Test
    void normalHasTheMeanAndVarianceAskedFor() {
        int count = 500_000;
        double variance = 2.0 / 2304;
        var values = InitialValues.normal(1, "kernel", variance, count);
        double mean = mean(values, 1);
        double square = mean(values, 2);
        double fourth = mean(values, 4);
        // Five standard errors: √(variance / n), variance · √(2 / n), variance² · √(96 / n).
        assertThat(mean).isCloseTo(0, within(5 * Math.sqrt(variance / count)));
        assertThat(square).isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / count)));
        assertThat(fourth)
                .isCloseTo(3 * variance * variance, within(5 * variance * variance * Math.sqrt(96.0 / count)));
    }

    @Test
    void uniformHasTheMeanAndVarianceAskedFor() {
        int count = 500_000;
        double variance = 1.0 / 48;
        var values = InitialValues.uniform(1, "kernel", variance, count);
        double fourth = 9.0 / 5 * variance * variance;
        assertThat(mean(values, 1)).isCloseTo(0, within(5 * Math.sqrt(variance / count)));
        assertThat(mean(values, 2)).isCloseTo(variance, within(5 * Math.sqrt((fourth - variance * variance) / count)));
        // A quarter of the range: ±1/4 holds as many on either side of ±1/8.
        assertThat(IntStream.range(0, count)
                                .filter(i -> Math.abs(values[i]) < 0.125)
                                .count()
                        / (double) count)
                .isCloseTo(0.5, within(5 * 0.5 / Math.sqrt(count)));
        assertThat(InitialValues.uniform(1, "other", variance, 8)).doesNotContain(values);
    }

    @Test
    void seedAndVariableDecide() {
        var values = InitialValues.normal(1, "stage1/conv1/kernel", 1, 8);
        assertThat(InitialValues.normal(1, "stage1/conv1/kernel", 1, 8)).containsExactly(values);
        assertThat(InitialValues.normal(2, "stage1/conv1/kernel", 1, 8)).doesNotContain(values);
        assertThat(InitialValues.normal(1, "stage1/conv2/kernel", 1, 8)).doesNotContain(values);
    }

    private static double mean(float[] values, int power) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.pow(values[i], power))
                .average()
                .orElseThrow();
    }
}
