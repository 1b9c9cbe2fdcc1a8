package sckd.savedmodel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * A refused model that can still be looked at: each op that is not allowed gives way to a Placeholder of its first tensor's type. TensorFlow computes
 * while it looks for shapes, so it is shown nothing that is not allowed.
 */
final class StandIns {
    private StandIns() {}

    static InferenceProgram replaceForbidden(InferenceProgram program, TrustedOps trusted, OpDefs ops) {
        var nodes = new LinkedHashMap<>(program.graph().nodes());
        nodes.replaceAll((name, node) -> AllowedOps.allow(node, trusted) ? node : standIn(node, ops));
        return new InferenceProgram(
                program.graph().withNodes(nodes),
                program.input(),
                program.outputs(),
                program.answers(),
                program.namedFeatures(),
                program.notes());
    }

    private static NodeDef standIn(NodeDef node, OpDefs ops) {
        var standIn = NodeDef.newBuilder().setName(node.getName());
        return ops.find(node.getOp())
                .flatMap(op -> findFirstType(op, node))
                .map(type -> standIn.setOp("Placeholder")
                        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                        .build())
                .orElseGet(() -> standIn.setOp("NoOp").build());
    }

    private static Optional<DataType> findFirstType(OpDef op, NodeDef node) {
        if (op.getOutputArgCount() == 0) {
            return Optional.empty();
        }
        var first = op.getOutputArg(0);
        if (first.getType() != DataType.DT_INVALID) {
            return Optional.of(first.getType());
        }
        var attribute = node.getAttrOrDefault(
                first.getTypeListAttr().isEmpty() ? first.getTypeAttr() : first.getTypeListAttr(),
                AttrValue.getDefaultInstance());
        var types = first.getTypeListAttr().isEmpty()
                ? List.of(attribute.getType())
                : attribute.getList().getTypeList();
        return types.stream().findFirst().filter(type -> type != DataType.DT_INVALID);
    }
}
