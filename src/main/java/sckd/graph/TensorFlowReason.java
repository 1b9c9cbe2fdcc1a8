package sckd.graph;

import java.util.regex.Pattern;
import sckd.UserException;

/** Why TensorFlow refused something, as words for a message. */
public final class TensorFlowReason {
    /** More would be shapes and constants of a stranger's, of any length. */
    private static final int LONGEST = 400;

    private static final Pattern NODE = Pattern.compile("\\{\\{node ([^}]*)}}");

    private TensorFlowReason() {}

    /** The first line: what follows is a trace of nodes. */
    public static String of(RuntimeException e) {
        var line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    /** As {@link #of}, with the node that failed, where the trace names one. */
    public static String withNode(RuntimeException e) {
        var node = NODE.matcher(String.valueOf(e.getMessage()));
        return node.find() ? "%s (node '%s')".formatted(of(e), UserException.shorten(node.group(1))) : of(e);
    }
}
