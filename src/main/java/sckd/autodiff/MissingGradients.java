package sckd.autodiff;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.GraphOperation;
import sckd.graph.RegisteredGradients;

/** What TensorFlow 2.18 cannot differentiate outside Python. */
final class MissingGradients {
    private static final Set<String> WITH_DILATIONS = Set.of("Conv2D", "DepthwiseConv2dNative", "Conv2DBackpropInput");
    private static final Set<String> WITHOUT_EXPLICIT_PADDING = Set.of("Conv2D", "MaxPool");

    private MissingGradients() {}

    /** What stands in the way of a gradient through the op, such as {@code op EnsureShape}; empty if nothing does. */
    static Optional<String> find(GraphOperation operation) {
        var kind = operation.type();
        if (!RegisteredGradients.has(kind)) {
            return Optional.of("op " + kind);
        }
        // The registered gradient forgets both attributes: the step would fail, and for dilations oneDNN takes the
        // whole process down.
        if (WITH_DILATIONS.contains(kind) && isDilated(operation)) {
            return Optional.of("op " + kind + " with dilations");
        }
        if (WITHOUT_EXPLICIT_PADDING.contains(kind)
                && operation.attributes().getAttrString("padding").equals("EXPLICIT")) {
            return Optional.of("op " + kind + " with explicit padding");
        }
        return Optional.empty();
    }

    private static boolean isDilated(GraphOperation operation) {
        return Arrays.stream(operation.attributes().getAttrIntList("dilations")).anyMatch(dilation -> dilation != 1);
    }
}
