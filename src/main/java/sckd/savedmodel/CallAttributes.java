package sckd.savedmodel;

import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * The attributes of one call, which stand in for the placeholders of the function's nodes.
 *
 * @param function its name, for messages
 */
record CallAttributes(String function, Map<String, AttrValue> values) {
    /** A node of the body with the call's values. */
    NodeDef bind(NodeDef node) {
        if (node.getAttrMap().values().stream().noneMatch(CallAttributes::holdsPlaceholder)) {
            return node;
        }
        var bound = node.toBuilder();
        node.getAttrMap().forEach((name, value) -> bound.putAttr(name, bind(value)));
        return bound.build();
    }

    private static boolean holdsPlaceholder(AttrValue value) {
        return value.hasPlaceholder()
                || value.hasFunc()
                        && value.getFunc().getAttrMap().values().stream().anyMatch(CallAttributes::holdsPlaceholder);
    }

    private AttrValue bind(AttrValue value) {
        if (value.hasPlaceholder()) {
            var bound = values.get(value.getPlaceholder());
            if (bound == null) {
                throw new UserException("function '%s' is called without its attribute '%s'"
                        .formatted(function, value.getPlaceholder()));
            }
            return bound;
        }
        if (!value.hasFunc()) {
            return value;
        }
        var called = value.getFunc().toBuilder();
        value.getFunc().getAttrMap().forEach((name, inner) -> called.putAttr(name, bind(inner)));
        return value.toBuilder().setFunc(called).build();
    }
}
