package sckd.graph;

import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.global.tensorflow;

/** What TensorFlow's C++ library can differentiate. The public TensorFlow class keeps this question to itself; a list would age. */
public final class RegisteredGradients {
    static {
        TensorFlow.version(); // loads the native library
    }

    private RegisteredGradients() {}

    /** Whether a gradient can be built through ops of that kind: false means that building one fails. */
    public static boolean has(String op) {
        return tensorflow.TFJ_HasGradient(op);
    }
}
