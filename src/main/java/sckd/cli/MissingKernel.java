package sckd.cli;

import java.util.Optional;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import sckd.graph.TensorFlowReason;

/** An op that the device has no kernel of for the type that a model computes in, as there are few of float16 for CPUs. */
final class MissingKernel {
    private MissingKernel() {}

    /** What to tell the user of it; empty where the failure is another. */
    static Optional<String> describe(Exception e) {
        // TensorFlow-Java's exceptions have no common type: this one is an IllegalArgumentException
        if (!(e instanceof TFInvalidArgumentException failure)) {
            return Optional.empty();
        }
        var reason = TensorFlowReason.of(failure);
        return reason.contains("No OpKernel was registered")
                ? Optional.of(
                        "this device cannot compute an op of the model (%s); another device, or a model saved in float32, can"
                                .formatted(reason))
                : Optional.empty();
    }
}
