package sckd.savedmodel;

import static java.util.function.Function.identity;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import sckd.UserException;

/** The functions of a graph, and which nodes call them: by a call op that names one, or by an op that has a function's name. */
final class FunctionLibrary {
    static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

    private final Map<String, FunctionDef> functions;
    private final OpDefs ops;

    FunctionLibrary(GraphDef graph, OpDefs ops) {
        this.ops = ops;
        functions = graph.getLibrary().getFunctionList().stream()
                .collect(ImmutableMap.toImmutableMap(
                        function -> function.getSignature().getName(), identity(), (first, second) -> first));
    }

    boolean isCall(NodeDef node) {
        return CALLS.contains(node.getOp()) || functions.containsKey(node.getOp());
    }

    /** Whether the order of a node among others may matter. */
    boolean isOrdered(NodeDef node) {
        return isCall(node) || ops.isStateful(node.getOp());
    }

    /** The function that a call calls. */
    FunctionDef called(NodeDef call) {
        var name = functions.containsKey(call.getOp())
                ? call.getOp()
                : call.getAttrOrDefault("f", AttrValue.getDefaultInstance())
                        .getFunc()
                        .getName();
        var function = functions.get(name);
        if (function == null) {
            throw new UserException(
                    "node '%s' calls the function '%s', which the graph does not hold".formatted(call.getName(), name));
        }
        return function;
    }

    /** The function that a call calls, with what the call hands to it: tensors of the flat graph, and attributes. */
    FunctionBody body(NodeDef call, List<TensorName> arguments) {
        var attributes = CALLS.contains(call.getOp())
                ? call.getAttrOrThrow("f").getFunc().getAttrMap()
                : call.getAttrMap();
        return new FunctionBody(called(call), call, arguments, attributes, this::signatureOf);
    }

    private OpDef signatureOf(NodeDef node) {
        if (functions.containsKey(node.getOp())) {
            return functions.get(node.getOp()).getSignature();
        }
        return ops.find(node.getOp())
                .orElseThrow(() -> new UserException(
                        "op %s of node '%s' is not known to this TensorFlow".formatted(node.getOp(), node.getName())));
    }
}
