package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import com.google.common.graph.Traverser;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import sckd.UserException;

/**
 * A library function at one of its calls: what its own names stand for in the flat graph. A body writes a tensor as {@code argument},
 * {@code argument:index} or {@code node:output_argument:index}.
 */
final class FunctionBody {
    private final FunctionDef function;
    private final OpLookup ops;
    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Map<String, Integer> firstArgument = new HashMap<>();
    private final List<TensorName> arguments;
    private final CallAttributes attributes;
    private final Map<String, String> flatNames = new HashMap<>();

    /** Finds what a node's outputs are called: those of an op, or of a function that it calls. */
    interface OpLookup {
        OpDef signatureOf(NodeDef node);
    }

    /**
     * @param arguments what the call hands over, tensors of the flat graph
     * @param attributes the call's own, for the body's placeholders
     */
    FunctionBody(
            FunctionDef function,
            NodeDef call,
            List<TensorName> arguments,
            Map<String, AttrValue> attributes,
            OpLookup ops) {
        this.function = function;
        this.arguments = arguments;
        this.attributes = new CallAttributes(name(), attributes);
        this.ops = ops;
        int first = 0;
        for (var argument : function.getSignature().getInputArgList()) {
            firstArgument.put(argument.getName(), first);
            first += OpDefs.tensorCount(argument, call);
        }
        if (first != arguments.size()) {
            throw new UserException(
                    "function '%s' takes %d tensors and is called with %d".formatted(name(), first, arguments.size()));
        }
        for (var node : function.getNodeDefList()) {
            boolean isArgument = firstArgument.containsKey(node.getName());
            if (nodes.put(node.getName(), node) != null || isArgument) {
                throw new UserException("function '%s' has the name '%s' twice".formatted(name(), node.getName()));
            }
        }
    }

    String name() {
        return function.getSignature().getName();
    }

    /** The nodes that the function's results and its control outputs need, in its own order. */
    List<NodeDef> liveNodes() {
        var roots = new ArrayList<String>(function.getControlRetMap().values());
        function.getRetMap().values().forEach(ret -> roots.add(local(ret)));
        var live = ImmutableSet.copyOf(Traverser.forGraph(this::producers).breadthFirst(roots));
        return function.getNodeDefList().stream()
                .filter(node -> live.contains(node.getName()))
                .toList();
    }

    private Set<String> producers(String name) {
        return nodes.containsKey(name)
                ? nodes.get(name).getInputList().stream()
                        .map(FunctionBody::local)
                        .collect(Collectors.toSet())
                : Set.of(); // an argument
    }

    void rename(String local, String flat) {
        flatNames.put(local, flat);
    }

    /** The flat tensor that a body's name stands for. */
    TensorName resolve(String reference) {
        var parts = reference.split(":", -1);
        if (firstArgument.containsKey(parts[0]) && parts.length <= 2) {
            int index = firstArgument.get(parts[0]) + (parts.length == 2 ? index(reference, parts[1]) : 0);
            if (index < arguments.size()) {
                return arguments.get(index);
            }
        }
        var node = nodes.get(parts[0]);
        if (node == null || parts.length != 3 || !flatNames.containsKey(parts[0])) {
            throw unknown(reference);
        }
        int first =
                OpDefs.findFirstOutput(ops.signatureOf(node), node, parts[1]).orElseThrow(() -> unknown(reference));
        return new TensorName(flatNames.get(parts[0]), first + index(reference, parts[2]));
    }

    /** The flat node that a control input of the body names; empty for an argument, which is there already. */
    Optional<String> resolveControl(String node) {
        if (firstArgument.containsKey(node)) {
            return Optional.empty();
        }
        if (!flatNames.containsKey(node)) {
            throw unknown("^" + node);
        }
        return Optional.of(flatNames.get(node));
    }

    /** The results, in the order of the signature. */
    List<TensorName> results() {
        return function.getSignature().getOutputArgList().stream()
                .map(output -> function.getRetMap().get(output.getName()))
                .map(ret -> {
                    if (ret == null) {
                        throw new UserException("function '" + name() + "' does not say what one of its results is");
                    }
                    return resolve(ret);
                })
                .toList();
    }

    /** What must have run when the function has ended. */
    Set<String> controlResults() {
        return function.getControlRetMap().values().stream()
                .flatMap(node -> resolveControl(node).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A body's node with the call's values for its placeholder attributes. */
    NodeDef bind(NodeDef node) {
        return attributes.bind(node);
    }

    private static String local(String reference) {
        int start = reference.startsWith("^") ? 1 : 0;
        int colon = reference.indexOf(':');
        return reference.substring(start, colon < 0 ? reference.length() : colon);
    }

    private int index(String reference, String text) {
        var index = Ints.tryParse(text);
        if (index == null || index < 0) {
            throw unknown(reference);
        }
        return index;
    }

    private UserException unknown(String reference) {
        return new UserException(
                "function '%s' names a tensor '%s' that it does not hold".formatted(name(), reference));
    }
}
