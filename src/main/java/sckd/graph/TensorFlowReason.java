package sckd.graph;

import java.util.regex.Pattern;
import org.tensorflow.exceptions.TensorFlowException;
import sckd.UserException;

/** Why TensorFlow refused something, as words for a message. */
public final class TensorFlowReason {
    /** More would be shapes and constants of a stranger's, of any length. */
    private static final int LONGEST = 400;

    private static final Pattern NODE = Pattern.compile("\\{\\{node ([^}]*)}}");

    private TensorFlowReason() {}

    /**
     * Whether TensorFlow, native or Java, refused something. Its exceptions have no type in common: some are TensorFlowExceptions, some illegal
     * arguments or states, some unsupported operations.
     */
    public static boolean isFrom(RuntimeException e) {
        return e instanceof IllegalArgumentException
                || e.getClass().getPackage().equals(TensorFlowException.class.getPackage());
    }

    /**
     * What to throw for what was thrown: the user's mistake where TensorFlow refused something, else the same.
     *
     * @param what was refused; the reason comes after it
     */
    public static RuntimeException explain(String what, RuntimeException e) {
        return isFrom(e) ? new UserException(what + ": " + of(e), e) : e;
    }

    /** As {@link #of}; anything that TensorFlow has not thrown is thrown on. */
    public static String ofRefusal(RuntimeException e) {
        if (!isFrom(e)) {
            throw e;
        }
        return of(e);
    }

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
