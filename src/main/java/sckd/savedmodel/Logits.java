package sckd.savedmodel;

import com.google.common.collect.ImmutableList;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
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

    private static final int RANK = 2;

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
        return new Fitting(program, types, choice).build();
    }

    private record Fitting(InferenceProgram program, TensorTypes types, OutputChoice choice) {
        Logits build() {
            var notes = ImmutableList.<String>builder().addAll(program.notes()).addAll(choice.notes());
            checkFloat();
            long classes = countClasses();
            var fitted = new NodeAppender(program.graph(), NAME);
            var tensor = classes == 1 ? buildPair(fitted) : buildVector(fitted, classes);
            if (classes == 1) {
                notes.add(tellSingle());
            } else if (choice.trace().kind() == OutputTrace.Kind.SIGMOID) {
                notes.add(
                        "The output '%s' is a sigmoid of %d units, as labels that do not exclude each other have; what the sigmoid takes is used as logits of classes that do."
                                .formatted(choice.name(), classes));
            }
            if (classes > 1 && shape().numDimensions() != RANK && !shape().isUnknown()) {
                notes.add("The logits (%s) are %s; they are used as [batch, %d]."
                        .formatted(traced(), Shapes.describe(shape()), classes));
            }
            var graph = tensor.equals(traced()) ? program.graph() : fitted.build();
            return new Logits(program.with(graph, notes.build()), tensor);
        }

        private TensorName traced() {
            return choice.trace().tensor();
        }

        private Shape shape() {
            return types.shape(traced());
        }

        private DataType dtype() {
            return types.of(traced()).dtype();
        }

        private void checkFloat() {
            if (!types.isFloat(traced())) {
                throw new UserException(
                        "%s is %s of kind %s, not made of any that are found; expected logits, probabilities or the class with the largest of them; state a tensor of the graph that is [batch, classes] as '%s'"
                                .formatted(
                                        describe(),
                                        dtype(),
                                        program.graph().node(traced()).getOp(),
                                        OutputChoice.KEY));
            }
        }

        private long countClasses() {
            var found = new ClassCount(program.graph(), types).find(traced());
            long classes = found.orElseThrow(() -> misshapen("expected [batch, classes]"));
            var ofOutput = Optional.ofNullable(program.outputs().get(choice.name()))
                    .filter(output -> choice.trace().keepsClasses())
                    .map(output -> ClassCount.find(types.shape(output)));
            if (ofOutput.isPresent() && ofOutput.get().orElse(classes) != classes) {
                throw misshapen("the output has %d values for an image"
                        .formatted(ofOutput.get().getAsLong()));
            }
            boolean isOfOne = choice.trace().kind() == OutputTrace.Kind.SOFTMAX
                    || choice.trace().kind() == OutputTrace.Kind.BEST;
            if (classes == 1 && isOfOne) {
                throw misshapen("expected at least 2 classes to choose from");
            }
            return classes;
        }

        private UserException misshapen(String expected) {
            return new UserException("%s are %s; %s; state a tensor of the graph that is [batch, classes] as '%s'"
                    .formatted("the logits of " + describe(), Shapes.describe(shape()), expected, OutputChoice.KEY));
        }

        private String describe() {
            return "output '%s' (%s)".formatted(choice.name(), traced());
        }

        private String tellSingle() {
            return (choice.trace().kind() == OutputTrace.Kind.SIGMOID
                            ? "The output '%s' is one sigmoid unit: it is used as two classes, the logit of the first is 0, that of the second what the sigmoid takes."
                            : "The output '%s' is one value: it is used as the logit of the second of two classes, that of the first is 0.")
                    .formatted(choice.name());
        }

        private TensorName buildVector(NodeAppender graph, long classes) {
            boolean isVector = shape().numDimensions() == RANK && shape().get(1) == classes;
            return isVector ? traced() : graph.addReshape(dtype(), traced(), -1, classes);
        }

        private TensorName buildPair(NodeAppender graph) {
            var type = NodeAppender.type(dtype());
            var z = graph.addReshape(dtype(), traced(), -1, 1);
            var zero = graph.add("ZerosLike", Map.of("T", type), z);
            var axis = graph.addScalar(DataType.DT_INT32, 1);
            var attributes =
                    Map.of("T", type, "N", NodeAppender.integer(2), "Tidx", NodeAppender.type(DataType.DT_INT32));
            return graph.add("ConcatV2", attributes, zero, z, axis);
        }
    }
}
