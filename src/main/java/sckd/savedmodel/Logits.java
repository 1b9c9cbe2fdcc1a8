package sckd.savedmodel;

import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import sckd.UserException;

/** Finds the tensor before the softmax among a signature's outputs. */
final class Logits {
    /** An output of this name is taken for what it says. */
    static final String NAME = "logits";

    private static final int RANK = 2;

    private Logits() {}

    /**
     * The output named {@code logits}, else the only one of rank 2; what a Softmax or LogSoftmax makes of logits is traced back to them.
     *
     * @return a float32 tensor {@code [batch, classes]}
     * @throws UserException if there is no such
     */
    static TensorName find(InferenceProgram program, TensorTypes types) {
        var output = choose(program.answers(), types);
        var tensor = program.graph().withoutIdentities(program.answers().get(output));
        var node = program.graph().nodes().get(tensor.node());
        switch (node.getOp()) {
            case "Softmax", "LogSoftmax" ->
                tensor = program.graph().withoutIdentities(TensorName.parse(node.getInput(0)));
            case "Sigmoid" ->
                throw new UserException("output '" + output + "' ends in a Sigmoid (node '" + node.getName()
                        + "'), which is not supported; expected logits or a Softmax");
            case "ArgMax" ->
                throw new UserException("output '" + output + "' is a class id (ArgMax, node '" + node.getName()
                        + "'); expected logits or a Softmax");
            default -> {}
        }
        check(output, tensor, types.of(tensor));
        return tensor;
    }

    private static String choose(Map<String, TensorName> outputs, TensorTypes types) {
        if (outputs.containsKey(NAME)) {
            return NAME;
        }
        if (outputs.size() == 1) {
            return outputs.keySet().iterator().next();
        }
        var ofRank2 = outputs.entrySet().stream()
                .filter(output -> types.shape(output.getValue()).numDimensions() == RANK)
                .map(Map.Entry::getKey)
                .toList();
        if (ofRank2.size() == 1) {
            return ofRank2.get(0);
        }
        throw new UserException(
                "no output is plainly the logits; expected one named 'logits' or one [batch, classes]; there are "
                        + outputs.entrySet().stream()
                                .map(output -> output.getKey() + " " + Shapes.describe(types.shape(output.getValue())))
                                .collect(Collectors.joining(", "))
                        + "; state `output`, the name of one");
    }

    private static void check(String output, TensorName tensor, TensorTypes.Type type) {
        if (type.dtype() != DataType.DT_FLOAT) {
            throw new UserException("the logits of output '" + output + "' (" + tensor + ") are " + type.dtype()
                    + "; expected DT_FLOAT");
        }
        var shape = type.shape();
        if (shape.numDimensions() != RANK || shape.get(1) < 2) {
            throw new UserException("the logits of output '" + output + "' (" + tensor + ") are "
                    + Shapes.describe(shape) + "; expected [batch, classes] with at least 2 classes");
        }
    }
}
