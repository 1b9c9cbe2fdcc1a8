package sckd.savedmodel;

import static java.util.function.Function.identity;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** The ops that this TensorFlow knows, and what their definitions say of a node. */
record OpDefs(Map<String, OpDef> byName) {
    private static final AttrValue NO_VALUE = AttrValue.getDefaultInstance();
    /** So that sums of them stay numbers. */
    private static final long MOST_TENSORS = 1 << 20;

    /** All ops of the native library; read from it once, for it takes some tenths of a second. */
    static OpDefs registered() {
        return Registered.OPS;
    }

    private static final class Registered {
        static final OpDefs OPS = new OpDefs(TensorFlow.registeredOpList().getOpList().stream()
                .collect(ImmutableMap.toImmutableMap(OpDef::getName, identity())));
    }

    Optional<OpDef> find(String op) {
        return Optional.ofNullable(byName.get(op));
    }

    /** Whether order matters or the op holds something; an unknown op counts as stateful. */
    boolean isStateful(String op) {
        return find(op).map(OpDef::getIsStateful).orElse(true);
    }

    /**
     * Where the tensors of an output argument begin among a node's flat outputs.
     *
     * @param op the node's op, or the signature of the function that it calls
     */
    static Optional<Integer> findFirstOutput(OpDef op, NodeDef node, String argument) {
        int first = 0;
        for (var output : op.getOutputArgList()) {
            if (output.getName().equals(argument)) {
                return Optional.of(first);
            }
            first += tensorCount(output, node);
        }
        return Optional.empty();
    }

    /** Whether an argument stands for a list of tensors, of whatever length. */
    static boolean isList(OpDef.ArgDef argument) {
        return !argument.getNumberAttr().isEmpty()
                || !argument.getTypeListAttr().isEmpty();
    }

    /** The type of an argument that is one tensor; DT_INVALID where it is a list of several types. */
    static DataType typeOf(OpDef.ArgDef argument, NodeDef node) {
        return argument.getTypeAttr().isEmpty()
                ? argument.getType()
                : Attributes.of(node, argument.getTypeAttr()).getType();
    }

    /** How many tensors an argument stands for: a list's length is an attribute of the node, of any value in a damaged one. */
    static int tensorCount(OpDef.ArgDef argument, NodeDef node) {
        if (!argument.getNumberAttr().isEmpty()) {
            long count =
                    node.getAttrOrDefault(argument.getNumberAttr(), NO_VALUE).getI();
            return (int) Math.max(0, Math.min(count, MOST_TENSORS));
        }
        if (!argument.getTypeListAttr().isEmpty()) {
            return node.getAttrOrDefault(argument.getTypeListAttr(), NO_VALUE)
                    .getList()
                    .getTypeCount();
        }
        return 1;
    }
}
