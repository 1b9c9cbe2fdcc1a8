package sckd.graph;

import java.util.Collection;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/** Runs for an effect: {@code Session.run(op)} leaves its result open, this does not. */
public final class SessionRuns {
    private SessionRuns() {}

    /** Runs every target in one call; the session decides their order. */
    public static void run(Session session, Collection<? extends Op> targets) {
        var runner = session.runner();
        targets.forEach(runner::addTarget);
        try (var result = runner.run()) {
            // the targets' effect is what was wanted
        }
    }
}
