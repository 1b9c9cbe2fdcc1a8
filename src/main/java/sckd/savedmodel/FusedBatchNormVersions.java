package sckd.savedmodel;

import java.util.LinkedHashMap;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Turns FusedBatchNorm and FusedBatchNormV2 into FusedBatchNormV3, the version with a gradient. It computes the same; its outputs are theirs
 * and one more, and the first version, which knows float alone, has no attribute for the statistics' type.
 */
final class FusedBatchNormVersions {
    private FusedBatchNormVersions() {}

    static FlatGraph rewrite(FlatGraph graph) {
        var nodes = new LinkedHashMap<>(graph.nodes());
        nodes.replaceAll((name, node) -> rewrite(node));
        return graph.withNodes(nodes);
    }

    private static NodeDef rewrite(NodeDef node) {
        return switch (node.getOp()) {
            case "FusedBatchNorm" ->
                node.toBuilder()
                        .setOp("FusedBatchNormV3")
                        .putAttr("U", node.getAttrOrDefault("T", AttrValue.getDefaultInstance()))
                        .build();
            case "FusedBatchNormV2" ->
                node.toBuilder().setOp("FusedBatchNormV3").build();
            default -> node;
        };
    }
}
