package sckd.graph;

/** Why TensorFlow refused something, as words for a message. */
public final class TensorFlowReason {
    /** More would be shapes and constants of a stranger's, of any length. */
    private static final int LONGEST = 400;

    private TensorFlowReason() {}

    /** The first line: what follows is a trace of nodes. */
    public static String of(RuntimeException e) {
        var line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
