package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import com.google.common.graph.Traverser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * Puts the bodies of functions in the place of their calls, at every depth: gradients cannot be built through a call in graph mode. A body's
 * node is named {@code call/node}. The call itself stays as a NoOp that waits for what the function does on the side, so that control inputs
 * which name it keep their meaning.
 */
final class Flattener {
    private static final int DEEPEST_CALL = 100;

    private final GraphDef graph;
    private final FunctionLibrary library;
    private final FlatNodes flat;
    private final Deque<String> calling = new ArrayDeque<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /**
     * What came of it.
     *
     * @param replacements of the tensors of the main graph that a call made
     * @param notes what was changed, a sentence each
     */
    record Result(FlatGraph graph, TensorReplacements replacements, List<String> notes) {
        /** The flat tensor that a tensor of the main graph has become. */
        TensorName resolve(TensorName tensor) {
            return replacements.resolve(tensor);
        }
    }

    private Flattener(GraphDef graph, OpDefs ops) {
        this.graph = graph;
        library = new FunctionLibrary(graph, ops);
        flat = new FlatNodes(graph.getNodeList().stream().map(NodeDef::getName).toList());
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
        return new Result(flat.build(graph.getVersions()), flat.replacements(), List.copyOf(notes));
    }

    private List<NodeDef> liveNodes(Collection<String> roots) {
        var byName = new HashMap<String, NodeDef>();
        for (var node : graph.getNodeList()) {
            if (byName.put(node.getName(), node) != null) {
                throw new UserException("the graph has two nodes named '" + node.getName() + "'");
            }
        }
        var live = ImmutableSet.copyOf(
                Traverser.<String>forGraph(name -> producers(name, byName)).breadthFirst(roots));
        return graph.getNodeList().stream()
                .filter(node -> live.contains(node.getName()))
                .toList();
    }

    private static Set<String> producers(String name, Map<String, NodeDef> byName) {
        var node = byName.get(name);
        if (node == null) {
            throw new UserException("the graph has no node '" + name + "', which it needs");
        }
        return FlatGraph.producers(node);
    }

    private void add(
            NodeDef node, String name, FlatGraph.Origin origin, List<TensorName> inputs, Collection<String> controls) {
        flat.checkSize();
        if (library.isCall(node)) {
            inline(node, name, origin, inputs, controls);
        } else if (node.getOp().equals("IdentityN")) {
            split(node, name, origin, inputs, controls);
        } else {
            flat.add(node, name, origin, inputs, controls);
        }
    }

    private void inline(
            NodeDef call, String name, FlatGraph.Origin origin, List<TensorName> inputs, Collection<String> controls) {
        flat.countVisits(library.called(call).getNodeDefCount());
        var function = library.called(call).getSignature().getName();
        if (calling.contains(function)) {
            throw new UserException("function '" + function + "' calls itself; such a graph cannot be unfolded");
        }
        if (calling.size() >= DEEPEST_CALL) {
            throw new UserException("functions call each other more than " + DEEPEST_CALL + " deep");
        }
        calling.push(function);
        var body = library.body(call, inputs);
        addBody(body, name, controls);
        var results = body.results();
        for (int i = 0; i < results.size(); i++) {
            flat.replacements().put(new TensorName(name, i), results.get(i));
        }
        flat.addNoOp(name, origin, body.controlResults());
        calling.pop();
    }

    private void addBody(FunctionBody body, String call, Collection<String> callControls) {
        var live = body.liveNodes();
        live.forEach(node -> body.rename(node.getName(), flat.unusedName(call + "/" + node.getName())));
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
            if (library.isOrdered(node)) {
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
            var identity = flat.unusedName(name + "/output_" + i);
            flat.add(template, identity, origin, inputs.subList(i, i + 1), controls);
            identities.add(identity);
            flat.replacements().put(new TensorName(name, i), new TensorName(identity, 0));
        }
        flat.addNoOp(name, origin, identities);
    }
}
