package sckd.savedmodel;

import com.google.common.collect.Maps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The inputs of a signature beside the images of which it is known what they are given: those that are stated; else, of those that have no default,
 * scalars of which it is plain what inference takes. A truth value, such as {@code training} or {@code is_training}, is false; the share of values that
 * dropout keeps, {@code keep_prob}, is 1.
 */
final class OtherInputs {
    private static final String KEEP = "keep";
    private static final String SCOPE = "others";

    private OtherInputs() {}

    /**
     * Those of a signature; of what is stated, what it has by the same name.
     *
     * @param images the node that takes the images
     * @param graph that the signature is of
     * @param stated numbers by the names of inputs
     */
    static List<OtherInput> find(Signature signature, String images, GraphDef graph, Map<String, Double> stated) {
        var withDefault = Signature.nodesWithDefault(graph);
        var others = new ArrayList<OtherInput>();
        Maps.filterValues(signature.inputs(), input -> !input.name().node().equals(images))
                .forEach((name, input) -> {
                    if (stated.containsKey(name)) {
                        others.add(new OtherInput(name, input, stated.get(name), true));
                    } else if (!withDefault.contains(input.name().node()) && isPlain(name, input)) {
                        others.add(new OtherInput(name, input, input.dtype() == DataType.DT_BOOL ? 0 : 1, false));
                    }
                });
        return others;
    }

    private static boolean isPlain(String name, Signature.Tensor input) {
        return input.shape().isCompatibleWith(Shape.scalar())
                && input.name().index() == 0
                && (input.dtype() == DataType.DT_BOOL || isKept(name, input));
    }

    private static boolean isKept(String name, Signature.Tensor input) {
        var names = (name + " " + input.name().node()).toLowerCase(Locale.ROOT);
        return input.dtype() == DataType.DT_FLOAT && names.contains(KEEP);
    }

    /**
     * The graph with what they are given in their places, and a Placeholder of the images in theirs. What stood before them is cut off.
     *
     * @param images that stand in the place of {@code input}
     */
    static GraphDef replace(GraphDef graph, Signature.Tensor input, NodeDef images, List<OtherInput> others) {
        var given = new NodeAppender(
                FlatGraph.of(GraphDef.newBuilder().addNode(images).build()), SCOPE);
        var replaced = new HashMap<String, NodeDef>();
        others.forEach(other -> replaced.put(other.tensor().name().node(), other.build(given, input)));
        replaced.put(images.getName(), images);
        var nodes = new ArrayList<NodeDef>();
        graph.getNodeList().forEach(node -> nodes.add(replaced.getOrDefault(node.getName(), node)));
        given.build().nodes().values().stream()
                .filter(node -> !node.equals(images))
                .forEach(nodes::add);
        return graph.toBuilder().clearNode().addAllNode(nodes).build();
    }

    /** The graph without what they are given: what is left of it depends on the images for more than their number. */
    static FlatGraph without(FlatGraph graph) {
        return graph.withNodes(Maps.filterKeys(graph.nodes(), node -> !NodeAppender.isAppended(node, SCOPE)));
    }
}
