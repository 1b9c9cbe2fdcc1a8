package sckd.savedmodel;

import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import sckd.UserException;

/**
 * Which functions take which variables once their weights are variables: a function takes a handle for each weight that it, or a function that it
 * calls, holds as a constant; and where Python binds an argument to a constant that becomes a variable, the argument becomes a handle.
 *
 * @param added by function, what it takes after its own arguments
 * @param bound by function, the places of its own arguments that become handles
 */
record WeightArguments(SetMultimap<String, WeightVariable> added, SetMultimap<String, Integer> bound) {
    /** @throws UserException if a function is used in a way that cannot be followed */
    static WeightArguments of(
            GraphDef graph, SavedObjectGraph objects, Map<FlatGraph.Origin, WeightVariable> variables) {
        var arguments = new WeightArguments(LinkedHashMultimap.create(), LinkedHashMultimap.create());
        variables.forEach((origin, variable) -> {
            if (!origin.function().isEmpty()) {
                arguments.added.put(origin.function(), variable);
            }
        });
        var functions = new HashMap<String, FunctionDef>();
        graph.getLibrary()
                .getFunctionList()
                .forEach(function -> functions.put(function.getSignature().getName(), function));
        arguments.bind(functions, objects, variables);
        while (functions.values().stream().map(arguments::addFromCalls).reduce(false, Boolean::logicalOr)) {}
        arguments.checkUses(graph.getNodeList());
        functions.values().forEach(function -> arguments.checkUses(function.getNodeDefList()));
        return arguments;
    }

    /** Whether calls of the function are to be changed. */
    boolean areOf(String function) {
        return added.containsKey(function) || bound.containsKey(function);
    }

    /** The function that a node calls, by a call op or as an op of its name; of any other node the op, which no function is called. */
    static String called(NodeDef node) {
        return FunctionLibrary.CALLS.contains(node.getOp())
                ? node.getAttrOrDefault("f", AttrValue.getDefaultInstance())
                        .getFunc()
                        .getName()
                : node.getOp();
    }

    private void bind(
            Map<String, FunctionDef> functions,
            SavedObjectGraph objects,
            Map<FlatGraph.Origin, WeightVariable> variables) {
        objects.getConcreteFunctionsMap().forEach((name, function) -> {
            var definition = functions.get(name);
            int own = definition == null
                    ? 0
                    : definition.getSignature().getInputArgCount() - function.getBoundInputsCount();
            for (int i = 0; i < function.getBoundInputsCount() && definition != null; i++) {
                var operation = objects.getNodes(function.getBoundInputs(i))
                        .getConstant()
                        .getOperation();
                if (variables.containsKey(new FlatGraph.Origin("", operation))) {
                    bound.put(name, own + i);
                }
            }
        });
    }

    /** Takes over what the functions that it calls take; the answer is whether that changed anything. */
    private boolean addFromCalls(FunctionDef function) {
        var name = function.getSignature().getName();
        boolean changed = false;
        for (var node : function.getNodeDefList()) {
            var called = called(node);
            changed |= added.putAll(name, Set.copyOf(added.get(called)));
            for (int place : Set.copyOf(bound.get(called))) {
                changed |= bound.put(name, place(function, node, place));
            }
        }
        return changed;
    }

    /** The argument that a function hands on as the argument of another. */
    private static int place(FunctionDef function, NodeDef call, int place) {
        var argument = call.getInput(place);
        var arguments = function.getSignature().getInputArgList();
        for (int i = 0; i < arguments.size(); i++) {
            if (argument.equals(arguments.get(i).getName())
                    || argument.equals(arguments.get(i).getName() + ":0")) {
                return i;
            }
        }
        throw new UserException(
                "function '%s' hands '%s' to '%s' in the place of a weight; its constants cannot become variables"
                        .formatted(function.getSignature().getName(), argument, call.getName()));
    }

    private void checkUses(Collection<NodeDef> nodes) {
        for (var node : nodes) {
            if (FunctionLibrary.CALLS.contains(node.getOp())) {
                continue;
            }
            for (var attribute : node.getAttrMap().values()) {
                var names = attribute.hasFunc()
                        ? Set.of(attribute.getFunc().getName())
                        : attribute.getList().getFuncList().stream()
                                .map(function -> function.getName())
                                .collect(Collectors.toSet());
                names.stream().filter(this::areOf).findFirst().ifPresent(name -> {
                    throw new UserException(
                            "node '%s' (%s) uses the function '%s', which holds weights; only where it is called can its constants become variables"
                                    .formatted(node.getName(), node.getOp(), name));
                });
            }
        }
    }
}
