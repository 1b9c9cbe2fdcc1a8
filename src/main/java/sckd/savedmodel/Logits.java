package sckd.savedmodel;

import java.util.Optional;
import sckd.UserException;

/**
 * The tensor before the softmax among a signature's outputs, as float {@code [batch, classes]} whatever the model gives.
 *
 * @param program with the nodes that bring it into that form, and what has to be told of it among the notes
 * @param tensor float of any width, {@code [batch, classes]}
 */
record Logits(InferenceProgram program, TensorName tensor) {
    /** An output of this name is taken for what it says. */
    static final String NAME = "logits";

    /**
     * Traces the chosen output back over a softmax or sigmoid, as an op or written out, over the choice of the best class, and over changes of
     * shape and type, and brings what is found to {@code [batch, classes]}. A single value z becomes the logits {@code [0, z]} of two
     * classes: their softmax is {@code [1 − σ(z), σ(z)]}, and its cross-entropy with a label is the binary cross-entropy.
     *
     * @param output the name of an output of the signature or of a tensor of the graph; empty: {@link OutputChoice} decides
     * @throws UserException if it cannot be told which tensor that is, or it has no value for each class
     */
    static Logits find(InferenceProgram program, TensorTypes types, Optional<String> output) {
        var constants = new ConstantValues(program.graph());
        var choice = OutputChoice.choose(program, types, constants, output);
        return new LogitsFitting(program, types, choice).build();
    }
}
