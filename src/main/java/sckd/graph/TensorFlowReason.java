package sckd.graph;

/** Why TensorFlow refused something, as words for a message. */
public final class TensorFlowReason {
    private TensorFlowReason() {}

    /** The first line: what follows is a trace of nodes. */
    public static String of(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
