package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * A signature's graph, flat, with what its outputs and the model's named features need and no more. Not yet judged.
 *
 * @param outputs of the signature, by name
 * @param namedFeatures the outputs of the signature {@code features}; empty where the model has none
 */
record InferenceProgram(
        FlatGraph graph,
        ModelInput input,
        Map<String, TensorName> outputs,
        Map<String, TensorName> namedFeatures,
        List<String> notes) {

    /** @throws UserException if the signature has not one input, or the graph is not whole */
    static InferenceProgram build(SavedModelFile file, Signature signature, OpDefs ops) {
        var input = onlyInput(file, signature);
        SignatureTypes.checkInput(file.metaGraph().getGraphDef(), input);
        var features = Signature.readAll(file).get(Signature.FEATURES);
        var notes = new ArrayList<String>();
        if (features != null && features != signature && !takesTheSame(features, input)) {
            notes.add("The signature 'features' takes another input than '" + signature.name() + "'; it is not used.");
            features = null;
        }
        var tensors = new ArrayList<>(signature.outputTensors());
        if (features != null) {
            tensors.addAll(features.outputTensors());
        }
        var roots = tensors.stream().map(TensorName::node).distinct().toList();
        var flat = Flattener.flatten(withPlaceholder(file.metaGraph().getGraphDef(), input), roots, ops);
        notes.addAll(flat.notes());
        var modern = FusedBatchNormVersions.rewrite(RefVariables.rewrite(flat.graph(), flat.replacements()));
        var graph = withoutDefaults(modern, input, notes).withoutIdleControls();
        var outputs = resolve(flat, signature);
        var named = features == null ? Map.<String, TensorName>of() : resolve(flat, features);
        var needed = new ArrayList<String>();
        outputs.values().forEach(tensor -> needed.add(tensor.node()));
        named.values().forEach(tensor -> needed.add(tensor.node()));
        graph = graph.prunedTo(needed);
        checkFed(graph, input);
        return new InferenceProgram(
                graph, new ModelInput(input.name().node(), input.dtype(), input.shape()), outputs, named, notes);
    }

    /** @throws UserException if TensorFlow does not take the graph, or a signature names a tensor that it does not hold */
    TensorTypes inferTypes() {
        var types = TensorTypes.infer(graph.toGraphDef());
        checkHeld(outputs, types);
        checkHeld(namedFeatures, types);
        return types;
    }

    private static void checkHeld(Map<String, TensorName> outputs, TensorTypes types) {
        outputs.forEach((name, tensor) -> {
            if (!types.byTensor().containsKey(tensor)) {
                throw new UserException("the signature's output '" + name + "' is the tensor '" + tensor
                        + "', which the graph does not hold");
            }
        });
    }

    private static Signature.Tensor onlyInput(SavedModelFile file, Signature signature) {
        var required = signature.requiredInputs(file.metaGraph().getGraphDef());
        if (required.size() != 1) {
            throw new UserException("signature '" + signature.name() + "' has "
                    + (required.isEmpty() ? "no input" : "the inputs " + String.join(", ", required.keySet()))
                    + "; expected one, the images");
        }
        var input = required.values().iterator().next();
        if (input.name().index() != 0) {
            throw new UserException("signature '" + signature.name() + "' takes its images at " + input.name()
                    + "; expected the first output of a node");
        }
        return input;
    }

    private static boolean takesTheSame(Signature signature, Signature.Tensor input) {
        return signature.inputs().values().stream()
                .allMatch(other -> other.name().equals(input.name()));
    }

    /** A signature may be fed at any node; what stands before it is cut off, and a Placeholder of an open batch takes its place. */
    private static GraphDef withPlaceholder(GraphDef graph, Signature.Tensor input) {
        var nodes = new ArrayList<NodeDef>();
        for (var node : graph.getNodeList()) {
            boolean isInput = node.getName().equals(input.name().node());
            nodes.add(isInput ? placeholder(input) : node);
        }
        return graph.toBuilder().clearNode().addAllNode(nodes).build();
    }

    private static NodeDef placeholder(Signature.Tensor input) {
        return NodeDef.newBuilder()
                .setName(input.name().node())
                .setOp("Placeholder")
                .putAttr("dtype", AttrValue.newBuilder().setType(input.dtype()).build())
                .putAttr(
                        "shape",
                        AttrValue.newBuilder()
                                .setShape(Shapes.toProto(BatchSize.open(input.shape())))
                                .build())
                .build();
    }

    /** Placeholders with a default that nobody feeds, such as the learning phase of Keras, hand on their default. */
    private static FlatGraph withoutDefaults(FlatGraph graph, Signature.Tensor input, List<String> notes) {
        var nodes = new LinkedHashMap<>(graph.nodes());
        nodes.replaceAll((name, node) -> {
            if (!node.getOp().equals("PlaceholderWithDefault")
                    || name.equals(input.name().node())) {
                return node;
            }
            notes.add("The input '" + name + "' is not fed and keeps its default.");
            return node.toBuilder()
                    .setOp("Identity")
                    .clearAttr()
                    .putAttr("T", node.getAttrOrDefault("dtype", AttrValue.getDefaultInstance()))
                    .build();
        });
        return graph.withNodes(nodes);
    }

    private static Map<String, TensorName> resolve(Flattener.Result flat, Signature signature) {
        var resolved = ImmutableMap.<String, TensorName>builder();
        signature.outputs().forEach((name, tensor) -> resolved.put(name, flat.resolve(tensor.name())));
        return resolved.build();
    }

    private static void checkFed(FlatGraph graph, Signature.Tensor input) {
        if (!graph.nodes().containsKey(input.name().node())) {
            throw new UserException("the signature's outputs do not depend on its input '" + input.name() + "'");
        }
        for (var node : graph.nodes().values()) {
            if (node.getOp().equals("Placeholder")
                    && !node.getName().equals(input.name().node())) {
                throw new UserException(
                        "the signature's outputs need '" + node.getName() + "' fed, which is not among its inputs");
            }
        }
    }
}
