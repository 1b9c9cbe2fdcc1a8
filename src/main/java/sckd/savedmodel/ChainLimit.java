package sckd.savedmodel;

import java.nio.file.Path;
import java.util.function.Supplier;
import sckd.UserException;

/** What follows a graph's nodes from one to the next goes as deep as the graph does: a hostile one is deeper than the stack. */
final class ChainLimit {
    private ChainLimit() {}

    /** @throws UserException if the step ran out of stack */
    static <T> T guard(Path model, Supplier<T> step) {
        try {
            return step.get();
        } catch (StackOverflowError e) {
            throw new UserException(model + ": its graph is a chain of nodes too long to follow", e);
        }
    }
}
