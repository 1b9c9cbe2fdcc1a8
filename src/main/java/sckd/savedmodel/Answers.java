package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import sckd.Nearest;
import sckd.UserException;

/** Which outputs of a signature, or tensors of its graph, may be the classifier's answer. */
final class Answers {
    private Answers() {}

    /** The node of the main graph that the stated tensor is of; empty where it is an output's name, or within a function. */
    static Optional<String> findRoot(Optional<String> stated, Signature signature, GraphDef graph) {
        return stated.filter(name -> !signature.outputs().containsKey(name))
                .map(name -> parse(name).node())
                .filter(node ->
                        graph.getNodeList().stream().map(NodeDef::getName).anyMatch(node::equals));
    }

    /**
     * The stated one, by its name; all outputs where none is stated.
     *
     * @param outputs of the signature
     * @throws UserException if there is no output and no tensor of that name; names the nearest
     */
    static Map<String, TensorName> choose(
            Optional<String> stated, Map<String, TensorName> outputs, Flattener.Result flat) {
        return stated.map(name -> Map.of(name, find(name, outputs, flat))).orElse(outputs);
    }

    private static TensorName find(String name, Map<String, TensorName> outputs, Flattener.Result flat) {
        if (outputs.containsKey(name)) {
            return outputs.get(name);
        }
        var tensor = flat.resolve(parse(name));
        if (!flat.graph().nodes().containsKey(tensor.node())) {
            var known = new ArrayList<>(flat.graph().nodes().keySet());
            known.addAll(outputs.keySet());
            throw new UserException("no output and no tensor has the name '%s'; %s"
                    .formatted(
                            name,
                            Nearest.find(name, known)
                                    .map(near -> "nearest: " + near)
                                    .orElse("outputs: " + String.join(", ", outputs.keySet()))));
        }
        return tensor;
    }

    private static TensorName parse(String name) {
        try {
            return TensorName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new UserException("output: " + e.getMessage(), e);
        }
    }

    /**
     * The outputs that need nothing fed but the images: one such as a loss, which needs the labels, is left out with a note. All, where none
     * can do without.
     */
    static Map<String, TensorName> withoutUnfed(
            FlatGraph graph, Map<String, TensorName> outputs, Signature.Tensor images, List<String> notes) {
        var unfed = Maps.transformValues(outputs, output -> findUnfed(graph, output, images));
        if (unfed.values().stream().allMatch(Optional::isPresent)) {
            return outputs;
        }
        var kept = ImmutableMap.<String, TensorName>builder();
        outputs.forEach((name, tensor) -> unfed.get(name)
                .ifPresentOrElse(
                        other -> notes.add("The output '%s' needs '%s' fed; it is not used.".formatted(name, other)),
                        () -> kept.put(name, tensor)));
        return kept.build();
    }

    private static Optional<String> findUnfed(FlatGraph graph, TensorName output, Signature.Tensor images) {
        return graph.ancestors(List.of(output.node())).stream()
                .filter(name -> graph.nodes().get(name).getOp().equals("Placeholder"))
                .filter(name -> !name.equals(images.name().node()))
                .findFirst();
    }
}
