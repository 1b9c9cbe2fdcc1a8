package sckd.savedmodel;

import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** The name by which nodes of a graph hold one and the same variable. */
record SharedName(String container, String name) {
    private static final AttrValue NONE = AttrValue.getDefaultInstance();

    /** Of a VarHandleOp or a ref variable; empty where it has none that tells it from others. */
    static Optional<SharedName> of(NodeDef variable) {
        var shared = variable.getAttrOrDefault("shared_name", NONE).getS().toStringUtf8();
        boolean isReference = !variable.getOp().equals("VarHandleOp");
        var name = shared.isEmpty() && isReference ? variable.getName() : shared;
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(new SharedName(
                        variable.getAttrOrDefault("container", NONE).getS().toStringUtf8(), name));
    }
}
