package sckd.savedmodel;

import static java.util.function.Function.identity;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import sckd.UserException;

/**
 * Puts the bodies of functions in the place of their calls, at every depth: gradients cannot be built through a call in graph mode. A body's
 * node is named {@code call/node}. The call itself stays as a NoOp that waits for what the function does on the side, so that control inputs
 * which name it keep their meaning. Devices and attributes that begin with {@code _} (colocation, shapes noted by the writer) are dropped.
 */
final class Flattener {
    /** A library whose functions call each other twice in a row grows as 2ⁿ: refuse before the memory is gone. */
    private static final int MOST_NODES = 100_000;

    private static final int DEEPEST_CALL = 100;
    private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

    private final OpDefs ops;
    private final GraphDef graph;
    private final Map<String, FunctionDef> library;
    private final Set<String> usedNames = new HashSet<>();
    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
    private final Map<String, FlatGraph.Origin> origins = new HashMap<>();
    private final Map<TensorName, TensorName> results = new HashMap<>();
    private final Deque<String> calling = new ArrayDeque<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /**
     * What came of it.
     *
     * @param results the flat tensor of each tensor of the main graph that a call made
     * @param notes what was changed, a sentence each
     */
    record Result(FlatGraph graph, Map<TensorName, TensorName> results, List<String> notes) {
        /** The flat tensor that a tensor of the main graph has become. */
        TensorName resolve(TensorName tensor) {
            return Flattener.resolve(results, tensor);
        }
    }

    private Flattener(GraphDef graph, OpDefs ops) {
        this.ops = ops;
        this.graph = graph;
        library = graph.getLibrary().getFunctionList().stream()
                .collect(ImmutableMap.toImmutableMap(
                        function -> function.getSignature().getName(), identity(), (first, second) -> first));
        graph.getNodeList().forEach(node -> usedNames.add(node.getName()));
    }

    /**
     * @param roots nodes of the main graph; what they do not need is left out
     * @throws UserException if the graph is not whole: unknown names, a cycle, functions that call themselves
     */
    static Result flatten(GraphDef graph, Collection<String> roots, OpDefs ops) {
        return new Flattener(graph, ops).flatten(roots);
    }

    private Result flatten(Collection<String> roots) {
        for (var node : liveNodes(roots)) {
            var inputs = FlatGraph.dataInputs(node);
            add(node, node.getName(), new FlatGraph.Origin("", node.getName()), inputs, FlatGraph.controlInputs(node));
        }
        var resolved = new LinkedHashMap<String, NodeDef>();
        nodes.forEach((name, node) -> resolved.put(name, withResolvedInputs(node)));
        var sorted = TopologicalOrder.sort(resolved);
        return new Result(new FlatGraph(sorted, origins, graph.getVersions()), results, List.copyOf(notes));
    }

    private List<NodeDef> liveNodes(Collection<String> roots) {
        var byName = new HashMap<String, NodeDef>();
        for (var node : graph.getNodeList()) {
            if (byName.put(node.getName(), node) != null) {
                throw new UserException("the graph has two nodes named '" + node.getName() + "'");
            }
        }
        var live = new HashSet<String>();
        var open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            var name = open.pop();
            if (live.add(name)) {
                if (!byName.containsKey(name)) {
                    throw new UserException("the graph has no node '" + name + "', which it needs");
                }
                open.addAll(FlatGraph.producers(byName.get(name)));
            }
        }
        return graph.getNodeList().stream()
                .filter(node -> live.contains(node.getName()))
                .toList();
    }

    private void add(
            NodeDef node, String name, FlatGraph.Origin origin, List<TensorName> inputs, Collection<String> controls) {
        if (nodes.size() >= MOST_NODES) {
            throw new UserException("the graph has more than " + MOST_NODES + " nodes when its functions are unfolded");
        }
        if (isCall(node)) {
            inline(node, name, origin, inputs, controls);
        } else if (node.getOp().equals("IdentityN")) {
            split(node, name, origin, inputs, controls);
        } else {
            put(plain(node, name, inputs, controls), origin);
        }
    }

    private boolean isCall(NodeDef node) {
        return CALLS.contains(node.getOp()) || library.containsKey(node.getOp());
    }

    private void inline(
            NodeDef call, String name, FlatGraph.Origin origin, List<TensorName> inputs, Collection<String> controls) {
        var function = called(call);
        var functionName = function.getSignature().getName();
        if (calling.contains(functionName)) {
            throw new UserException("function '" + functionName + "' calls itself; such a graph cannot be unfolded");
        }
        if (calling.size() >= DEEPEST_CALL) {
            throw new UserException("functions call each other more than " + DEEPEST_CALL + " deep");
        }
        calling.push(functionName);
        var attributes = CALLS.contains(call.getOp())
                ? call.getAttrOrThrow("f").getFunc().getAttrMap()
                : call.getAttrMap();
        var body = new FunctionBody(function, call, inputs, attributes, this::signatureOf);
        addBody(body, name, controls);
        var bodyResults = body.results();
        for (int i = 0; i < bodyResults.size(); i++) {
            results.put(new TensorName(name, i), bodyResults.get(i));
        }
        put(noOp(name, body.controlResults()), origin);
        calling.pop();
    }

    private void addBody(FunctionBody body, String call, Collection<String> callControls) {
        var live = body.liveNodes();
        live.forEach(node -> body.rename(node.getName(), unusedName(call + "/" + node.getName())));
        for (var template : live) {
            var node = body.bind(template);
            var inputs = new ArrayList<TensorName>();
            var controls = new ArrayList<String>();
            for (var input : node.getInputList()) {
                if (input.startsWith("^")) {
                    body.resolveControl(input.substring(1)).ifPresent(controls::add);
                } else {
                    inputs.add(body.resolve(input));
                }
            }
            // What the call waits for, the stateful nodes of the body wait for; to the others the order is nothing.
            if (isCall(node) || ops.isStateful(node.getOp())) {
                controls.addAll(callControls);
            }
            var origin = new FlatGraph.Origin(body.name(), node.getName());
            add(node, body.resolveControl(node.getName()).orElseThrow(), origin, inputs, controls);
        }
    }

    /** An IdentityN has no gradient; one Identity for each of its tensors has. */
    private void split(
            NodeDef node, String name, FlatGraph.Origin origin, List<TensorName> inputs, Collection<String> controls) {
        var types = node.getAttrOrDefault("T", AttrValue.getDefaultInstance()).getList();
        if (types.getTypeCount() != inputs.size()) {
            throw new UserException("node '%s' (IdentityN) takes %d tensors and has %d types"
                    .formatted(name, inputs.size(), types.getTypeCount()));
        }
        notes.add("IdentityN has become one Identity for each tensor; a custom gradient that it carried"
                + " is replaced by the ops' own.");
        var identities = new LinkedHashSet<String>();
        for (int i = 0; i < inputs.size(); i++) {
            var type = AttrValue.newBuilder().setType(types.getType(i)).build();
            var template =
                    NodeDef.newBuilder().setOp("Identity").putAttr("T", type).build();
            var identity = plain(template, unusedName(name + "/output_" + i), inputs.subList(i, i + 1), controls);
            put(identity, origin);
            identities.add(identity.getName());
            results.put(new TensorName(name, i), new TensorName(identity.getName(), 0));
        }
        put(noOp(name, identities), origin);
    }

    private FunctionDef called(NodeDef call) {
        var name = library.containsKey(call.getOp())
                ? call.getOp()
                : call.getAttrOrDefault("f", AttrValue.getDefaultInstance())
                        .getFunc()
                        .getName();
        var function = library.get(name);
        if (function == null) {
            throw new UserException(
                    "node '%s' calls the function '%s', which the graph does not hold".formatted(call.getName(), name));
        }
        return function;
    }

    private OpDef signatureOf(NodeDef node) {
        if (library.containsKey(node.getOp())) {
            return library.get(node.getOp()).getSignature();
        }
        return ops.find(node.getOp())
                .orElseThrow(() -> new UserException(
                        "op %s of node '%s' is not known to this TensorFlow".formatted(node.getOp(), node.getName())));
    }

    private String unusedName(String wanted) {
        var name = wanted;
        for (int i = 1; !usedNames.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    private void put(NodeDef node, FlatGraph.Origin origin) {
        nodes.put(node.getName(), node);
        origins.put(node.getName(), origin);
    }

    private static NodeDef noOp(String name, Collection<String> controls) {
        return plain(NodeDef.newBuilder().setOp("NoOp").build(), name, List.of(), controls);
    }

    private static NodeDef plain(NodeDef template, String name, List<TensorName> inputs, Collection<String> controls) {
        var node = NodeDef.newBuilder().setName(name).setOp(template.getOp());
        inputs.forEach(input -> node.addInput(input.asInput()));
        controls.stream().distinct().forEach(control -> node.addInput("^" + control));
        template.getAttrMap().forEach((attribute, value) -> {
            if (!attribute.startsWith("_")) {
                node.putAttr(attribute, value);
            }
        });
        return node.build();
    }

    private NodeDef withResolvedInputs(NodeDef node) {
        var resolved = node.toBuilder().clearInput();
        for (var input : node.getInputList()) {
            resolved.addInput(
                    input.startsWith("^")
                            ? input
                            : resolve(results, TensorName.parse(input)).asInput());
        }
        return resolved.build();
    }

    private static TensorName resolve(Map<TensorName, TensorName> results, TensorName tensor) {
        var resolved = tensor;
        for (int i = 0; results.containsKey(resolved); i++) {
            if (i > results.size()) {
                throw new UserException("the graph has a cycle through the call '" + tensor.node() + "'");
            }
            resolved = results.get(resolved);
        }
        return resolved;
    }
}
