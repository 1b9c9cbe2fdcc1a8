package sckd.savedmodel;

import java.util.Collection;
import org.tensorflow.proto.FunctionDefLibrary;

/** Turns a flat graph into one that computes the same and that TensorFlow can run, and differentiate, everywhere. */
interface GraphRewrite {
    /**
     * The graph rewritten; nodes keep their names, so that layers and outputs are found under them.
     *
     * @throws sckd.UserException if the graph cannot be used
     */
    FlatGraph rewrite(FlatGraph graph, Context context);

    /** What a graph is for: where it is for training, what it draws at random is meant. */
    enum Purpose {
        INFERENCE,
        TRAINING
    }

    /**
     * What the rewrites of one graph share.
     *
     * @param purpose of the graph
     * @param input the node that is fed
     * @param library the functions that are not unfolded yet: those of branches
     * @param replacements where a tensor is noted that has another name now
     * @param notes what is to be told to the user, a sentence each
     */
    record Context(
            Purpose purpose,
            String input,
            FunctionDefLibrary library,
            TensorReplacements replacements,
            Collection<String> notes) {}
}
