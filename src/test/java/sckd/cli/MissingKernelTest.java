package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat16;

class MissingKernelTest {
    /** Eigenvalues of float16 are declared and have a kernel nowhere. */
    @Test
    void theOpAndItsTypeAreNamed() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var half = tf.dtypes.cast(tf.constant(new float[][] {{1}}), TFloat16.class);
            var values = tf.linalg.selfAdjointEig(half).e();
            var failure = catchThrowableOfType(
                    TFInvalidArgumentException.class,
                    () -> session.runner().fetch(values).run());

            assertThat(MissingKernel.describe(failure).orElseThrow())
                    .startsWith(
                            "this device cannot compute an op of the model (No OpKernel was registered to support Op"
                                    + " 'SelfAdjointEigV2'")
                    .contains("T=DT_HALF")
                    .endsWith("); another device, or a model saved in float32, can")
                    .doesNotContain("\n");
        }
    }

    @Test
    void otherFailuresAreNone() {
        assertThat(MissingKernel.describe(new IllegalStateException("No OpKernel was registered")))
                .isEmpty();
    }
}
