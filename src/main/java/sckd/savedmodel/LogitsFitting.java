package sckd.savedmodel;

import com.google.common.collect.ImmutableList;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import sckd.UserException;

/** Brings what an output is made of to float {@code [batch, classes]}, with nodes of our own where it is not that. */
record LogitsFitting(InferenceProgram program, TensorTypes types, OutputChoice choice) {
    private static final int RANK = 2;

    /** Of a probability whose logarithm is taken. */
    private static final float SMALLEST = 1e-30f;

    private static final Map<String, AttrValue> OF_FLOAT = Map.of("T", NodeAppender.type(DataType.DT_FLOAT));

    Logits build() {
        var notes = ImmutableList.<String>builder().addAll(program.notes()).addAll(choice.notes());
        checkFloat();
        long classes = countClasses();
        var fitted = new NodeAppender(program.graph(), Logits.NAME);
        var tensor = buildFitted(fitted, classes);
        tellForm(classes).ifPresent(notes::add);
        if (kind().isMixed()) {
            notes.add("The output '%s' is made of probabilities: its logits are their logarithms."
                    .formatted(choice.name()));
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

    private OutputTrace.Kind kind() {
        return choice.trace().kind();
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
        boolean mayBeOne = kind().isSigmoid() || kind() == OutputTrace.Kind.PLAIN;
        if (classes == 1 && !mayBeOne) {
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

    /** What has to be told of a form that is not one value for each class. */
    private Optional<String> tellForm(long classes) {
        if (classes == 1) {
            var form = kind().isSigmoid()
                    ? "The output '%s' is one sigmoid unit: it is used as two classes, the logit of the first is 0, that of the second what the sigmoid takes."
                    : "The output '%s' is one value: it is used as the logit of the second of two classes, that of the first is 0.";
            return Optional.of(form.formatted(choice.name()));
        }
        if (kind().isSigmoid()) {
            var form =
                    "The output '%s' is a sigmoid of %d units, as labels that do not exclude each other have; what the sigmoid takes is used as logits of classes that do.";
            return Optional.of(form.formatted(choice.name(), classes));
        }
        return shape().isUnknown() || shape().numDimensions() == RANK
                ? Optional.empty()
                : Optional.of("The logits (%s) are %s; they are used as [batch, %d]."
                        .formatted(traced(), Shapes.describe(shape()), classes));
    }

    private TensorName buildFitted(NodeAppender graph, long classes) {
        var logits = traced();
        var dtype = dtype();
        if (kind() == OutputTrace.Kind.MIXED_SOFTMAX) {
            logits = buildLogarithm(graph, buildFloat(graph));
            dtype = DataType.DT_FLOAT;
        } else if (kind() == OutputTrace.Kind.MIXED_SIGMOID) {
            var p = buildFloat(graph);
            var rest = graph.add("Sub", OF_FLOAT, graph.addFloat(1), p);
            logits = graph.add("Sub", OF_FLOAT, buildLogarithm(graph, p), buildLogarithm(graph, rest));
            dtype = DataType.DT_FLOAT;
        }
        if (classes == 1) {
            return buildPair(graph, logits, dtype);
        }
        boolean isVector = shape().numDimensions() == RANK && shape().get(1) == classes;
        return isVector ? logits : graph.addReshape(dtype, logits, -1, classes);
    }

    private TensorName buildFloat(NodeAppender graph) {
        var attributes = Map.of("SrcT", NodeAppender.type(dtype()), "DstT", NodeAppender.type(DataType.DT_FLOAT));
        return dtype() == DataType.DT_FLOAT ? traced() : graph.add("Cast", attributes, traced());
    }

    private static TensorName buildLogarithm(NodeAppender graph, TensorName probability) {
        return graph.add("Log", OF_FLOAT, graph.add("Maximum", OF_FLOAT, probability, graph.addFloat(SMALLEST)));
    }

    private static TensorName buildPair(NodeAppender graph, TensorName logit, DataType dtype) {
        var type = NodeAppender.type(dtype);
        var z = graph.addReshape(dtype, logit, -1, 1);
        var zero = graph.add("ZerosLike", Map.of("T", type), z);
        var axis = graph.addScalar(DataType.DT_INT32, 1);
        var attributes = Map.of("T", type, "N", NodeAppender.integer(2), "Tidx", NodeAppender.type(DataType.DT_INT32));
        return graph.add("ConcatV2", attributes, zero, z, axis);
    }
}
