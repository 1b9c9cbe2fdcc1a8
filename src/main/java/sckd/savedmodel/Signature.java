package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import sckd.Nearest;
import sckd.UserException;

/**
 * A signature of a SavedModel.
 *
 * @param method such as {@code tensorflow/serving/predict}
 * @param inputs by name, sorted
 * @param outputs by name, sorted
 */
record Signature(String name, String method, Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    static final String SERVING_DEFAULT = "serving_default";
    /** The outputs of this one, where a model has it, are its features by name. */
    static final String FEATURES = "features";

    static final String PREDICT = "tensorflow/serving/predict";

    /**
     * An input or output.
     *
     * @param shape as it is stated, unknown sizes −1; {@link Shape#unknown()} without a rank
     */
    record Tensor(TensorName name, DataType dtype, Shape shape) {}

    /** All that a caller may ask for, by name; the loader's own ({@code __saved_model_init_op}) are left out. */
    static Map<String, Signature> readAll(SavedModelFile file) {
        var signatures = ImmutableMap.<String, Signature>builder();
        ImmutableSortedMap.copyOf(file.metaGraph().getSignatureDefMap()).forEach((name, signature) -> {
            if (!name.startsWith("__")) {
                signatures.put(name, read(file, name, signature));
            }
        });
        return signatures.build();
    }

    /**
     * The inputs that a caller has to feed: those of which the graph has no default. Where all have one, all.
     *
     * @param graph that the signature is of
     * @param stated the names of inputs of which it is known already what they are fed
     */
    Map<String, Tensor> requiredInputs(GraphDef graph, Set<String> stated) {
        var withDefault = nodesWithDefault(graph);
        var open = ImmutableMap.copyOf(Maps.filterKeys(inputs, input -> !stated.contains(input)));
        var required = ImmutableMap.copyOf(Maps.filterValues(
                open, input -> !withDefault.contains(input.name().node())));
        return required.isEmpty() ? open : required;
    }

    /** The nodes of a graph that stand in for what is not fed. */
    static Set<String> nodesWithDefault(GraphDef graph) {
        return graph.getNodeList().stream()
                .filter(node -> node.getOp().equals("PlaceholderWithDefault"))
                .map(NodeDef::getName)
                .collect(Collectors.toSet());
    }

    private static Signature read(SavedModelFile file, String name, SignatureDef signature) {
        var where = file.path() + ": signature '" + name + "'";
        return new Signature(
                name,
                signature.getMethodName(),
                readTensors(where, signature.getInputsMap()),
                readTensors(where, signature.getOutputsMap()));
    }

    private static Map<String, Tensor> readTensors(String where, Map<String, TensorInfo> infos) {
        var tensors = ImmutableMap.<String, Tensor>builder();
        ImmutableSortedMap.copyOf(infos).forEach((name, info) -> {
            if (info.getEncodingCase() != TensorInfo.EncodingCase.NAME) {
                throw new UserException(where + ": '" + name + "' is not a dense tensor; expected a dense one");
            }
            try {
                var shape = info.hasTensorShape() ? Shapes.of(info.getTensorShape()) : Shape.unknown();
                tensors.put(name, new Tensor(TensorName.parse(info.getName()), info.getDtype(), shape));
            } catch (IllegalArgumentException e) {
                throw new UserException(where + ": '" + name + "': " + e.getMessage(), e);
            }
        });
        return tensors.build();
    }

    /** @throws UserException if it has no input of that name; names the nearest */
    Tensor input(String input) {
        if (!inputs.containsKey(input)) {
            throw new UserException("signature '%s' has no input '%s'; %s"
                    .formatted(name, input, Nearest.hint(input, inputs.keySet())));
        }
        return inputs.get(input);
    }

    /** The tensors of all outputs. */
    List<TensorName> outputTensors() {
        return outputs.values().stream().map(Tensor::name).toList();
    }

    /** Its program as it was written, without calls. */
    FlatGraph flatten(GraphDef graph, OpDefs ops) {
        var roots = outputTensors().stream().map(TensorName::node).distinct().toList();
        return Flattener.flatten(graph, roots, ops).graph();
    }
}
