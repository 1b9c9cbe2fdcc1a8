package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ClippingTest {
    private static final float[] FIRST = {3, -4, 0};
    private static final float[] SECOND = {12};
    /** All variables as one vector. */
    private static final double NORM = Math.sqrt(3 * 3 + 4 * 4 + 12 * 12);

    @Test
    void aLongGradientIsScaledToTheLimit() {
        assertClipped(OptionalDouble.of(6.5), 6.5 / NORM);
    }

    @Test
    void aShortGradientStays() {
        assertClipped(OptionalDouble.of(13.5), 1);
        assertClipped(OptionalDouble.of(13), 1);
    }

    @Test
    void withoutALimitTheNormIsMeasuredAlone() {
        assertClipped(OptionalDouble.empty(), 1);
    }

    private static void assertClipped(OptionalDouble limit, double factor) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            List<Operand<TFloat32>> gradients = List.of(tf.constant(FIRST), tf.constant(SECOND));
            var clipping = Clipping.build(tf, gradients, limit);
            try (var result = session.runner()
                    .fetch(clipping.norm())
                    .fetch(clipping.gradients().get(0))
                    .fetch(clipping.gradients().get(1))
                    .run()) {
                assertThat(((TFloat32) result.get(0)).getFloat()).isCloseTo((float) NORM, within(1e-5f));
                for (int i = 0; i < FIRST.length; i++) {
                    assertThat(((TFloat32) result.get(1)).getFloat(i))
                            .isCloseTo((float) (factor * FIRST[i]), within(1e-6f));
                }
                assertThat(((TFloat32) result.get(2)).getFloat(0))
                        .isCloseTo((float) (factor * SECOND[0]), within(1e-6f));
            }
        }
    }
}
