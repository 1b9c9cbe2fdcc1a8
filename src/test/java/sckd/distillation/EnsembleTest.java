package sckd.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import sckd.autodiff.TestGraph;

class EnsembleTest {
    private static final Shape LOGITS = Shape.of(2, 3);

    private final TestGraph graph = new TestGraph();

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void averagesProbabilities() {
        var random = new Random(5);
        var teachers = List.of(
                random.doubles(6, -4, 4).toArray(),
                random.doubles(6, -4, 4).toArray(),
                random.doubles(6, -1, 1).toArray());

        assertThat(build(teachers)).usingComparatorWithPrecision(1e-6).containsExactly(plain(teachers));
    }

    /** Where the average of the logits is even, a teacher that is sure still decides. */
    @Test
    void averagesNoLogits() {
        var logits = build(List.of(new double[] {6, 0, 0, 0, 0, 0}, new double[] {-6, 0, 0, 0, 0, 0}));

        assertThat(Math.exp(logits[0])).isEqualTo((0.995067 + 0.001238) / 2, within(1e-5)); // e^±6 / (e^±6 + 2)
        assertThat(Math.exp(logits[3])).isEqualTo(1 / 3.0, within(1e-6));
    }

    /** Probabilities that float32 holds as 0 and 1. */
    @Test
    void hugeLogitsStayFinite() {
        var logits = build(List.of(new double[] {1e4, 0, -1e4, 500, 0, 0}, new double[] {0, 1e4, -1e4, 0, 0, 500}));

        assertThat(logits[0]).isEqualTo(-Math.log(2), within(1e-6));
        assertThat(logits[1]).isEqualTo(-Math.log(2), within(1e-6));
        assertThat(logits[2]).isEqualTo(-2e4, within(1e-2));
        assertThat(logits[4]).isEqualTo(-500, within(1e-4));
    }

    @Test
    void oneTeacherIsItself() {
        var only = graph.input(LOGITS, 1, 2, 3, 4, 5, 6);

        assertThat(Ensemble.buildLogits(graph.tf, List.of(only))).isSameAs(only);
    }

    private double[] build(List<double[]> teachers) {
        var logits =
                teachers.stream().map(values -> graph.input(LOGITS, values)).toList();
        return graph.read(Ensemble.buildLogits(graph.tf, logits));
    }

    private static double[] plain(List<double[]> teachers) {
        var logits = new double[6];
        for (int row = 0; row < 6; row += 3) {
            for (int c = row; c < row + 3; c++) {
                double sum = 0;
                for (var teacher : teachers) {
                    sum += Math.exp(teacher[c])
                            / Arrays.stream(teacher, row, row + 3)
                                    .map(Math::exp)
                                    .sum();
                }
                logits[c] = Math.log(sum / teachers.size());
            }
        }
        return logits;
    }
}
