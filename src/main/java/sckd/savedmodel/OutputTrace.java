package sckd.savedmodel;

/**
 * What a tensor is made of, followed back over ops that keep the order of the classes: to the logits that a softmax, a sigmoid or the choice
 * of the best class takes.
 *
 * @param kind what was found on the way
 * @param tensor the logits; where nothing was found the tensor itself, without identities
 * @param keepsClasses whether the tensor that was traced has a value for each class, unlike a class id or the best score
 */
record OutputTrace(Kind kind, TensorName tensor, boolean keepsClasses) {
    /** What makes a tensor of logits. */
    enum Kind {
        /** Nothing that tells it from any other tensor. */
        PLAIN,
        SOFTMAX,
        SIGMOID,
        /** Probabilities of several softmaxes: the tensor is them, and their logarithms are logits. */
        MIXED_SOFTMAX,
        /** Probabilities of several sigmoids, {@code p}: logits are {@code log p − log (1 − p)}. */
        MIXED_SIGMOID,
        /** The choice of the best of plain values. */
        BEST;

        boolean isSigmoid() {
            return this == SIGMOID || this == MIXED_SIGMOID;
        }

        boolean isMixed() {
            return this == MIXED_SOFTMAX || this == MIXED_SIGMOID;
        }
    }

    static OutputTrace of(FlatGraph graph, ConstantValues constants, TensorName tensor) {
        return new OutputTracer(graph, constants)
                .find(tensor)
                .orElseGet(() -> new OutputTrace(Kind.PLAIN, graph.withoutIdentities(tensor), true));
    }

    /** Whether the tensor is known to be made of logits. */
    boolean isTelling() {
        return kind != Kind.PLAIN;
    }
}
