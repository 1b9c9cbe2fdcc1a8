package sckd.savedmodel;

/** Why TensorFlow refused something, as words for a message. */
final class TensorFlowReason {
    private TensorFlowReason() {}

    /** The first line: what follows is a trace of nodes. */
    static String of(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
