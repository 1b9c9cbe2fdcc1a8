package sckd.savedmodel;

import java.util.LinkedHashMap;
import org.tensorflow.proto.NodeDef;

/** Placeholders with a default that nobody feeds, such as the learning phase of Keras, hand on their default. */
final class UnfedDefaults {
    private UnfedDefaults() {}

    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        var nodes = new LinkedHashMap<>(graph.nodes());
        nodes.replaceAll((name, node) -> {
            if (!node.getOp().equals("PlaceholderWithDefault") || name.equals(context.input())) {
                return node;
            }
            context.notes().add("The input '" + name + "' is not fed and keeps its default.");
            return identity(node);
        });
        return graph.withNodes(nodes);
    }

    private static NodeDef identity(NodeDef node) {
        return node.toBuilder()
                .setOp("Identity")
                .clearAttr()
                .putAttr("T", Attributes.of(node, "dtype"))
                .build();
    }
}
