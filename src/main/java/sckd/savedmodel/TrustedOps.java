package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.NodeDef;
import sckd.Nearest;
import sckd.UserException;

/**
 * Op kinds that the user lets a model hold beside the allowed ones. They keep what they do on the side, in the order that the model says, wherever
 * logits, outputs or features wait for them.
 *
 * @param names of kinds; only the user's word puts one here, never what comes with a model
 */
record TrustedOps(Set<String> names) {
    static final TrustedOps NONE = new TrustedOps(Set.of());

    /** They hand tensors to a Python interpreter that runs in the same process. */
    private static final Set<String> PYTHON = Set.of("PyFunc", "PyFuncStateless", "EagerPyFunc");

    TrustedOps {
        names = ImmutableSet.copyOf(names);
    }

    /** @throws UserException if a name is no op of this TensorFlow, or one that cannot run here however trusted */
    static TrustedOps of(Collection<String> names, OpDefs ops) {
        for (var name : names) {
            if (ops.find(name).isEmpty()) {
                throw new UserException("trusted op '%s': this TensorFlow has no such op; %s"
                        .formatted(
                                UserException.shorten(name),
                                Nearest.find(name, ops.byName().keySet())
                                        .map(nearest -> "nearest: " + nearest)
                                        .orElse("expected a kind as a refusal names it, such as PrintV2")));
            }
            if (PYTHON.contains(name)) {
                throw new UserException(
                        "trusted op '%s': it calls Python, which does not run here; save the model without it"
                                .formatted(name));
            }
        }
        return new TrustedOps(ImmutableSet.copyOf(names));
    }

    boolean allow(NodeDef node) {
        return names.contains(node.getOp());
    }

    /** What to tell of those that a graph holds; empty where it holds none. */
    Optional<String> findNote(FlatGraph graph) {
        var uses = graph.nodes().values().stream()
                .filter(this::allow)
                .filter(node -> !AllowedOps.NAMES.contains(node.getOp()))
                .map(node -> AllowedOps.Use.of(graph, node.getName()))
                .toList();
        return uses.isEmpty()
                ? Optional.empty()
                : Optional.of("Trusted and not judged: " + AllowedOps.list(uses) + ".");
    }

    /**
     * Trust is for an op, and an op that calls a function would bring all that is in it.
     *
     * @throws UserException if a trusted op calls one
     */
    void checkNoFunctions(FlatGraph graph) {
        for (var node : graph.nodes().values()) {
            var functions = allow(node) ? functions(node) : List.<String>of();
            if (!functions.isEmpty()) {
                throw new UserException("%s calls the function %s; such an op cannot be used here, trusted or not"
                        .formatted(
                                AllowedOps.Use.of(graph, node.getName()),
                                functions.stream()
                                        .map(name -> "'" + UserException.shorten(name) + "'")
                                        .collect(Collectors.joining(", "))));
            }
        }
    }

    private static List<String> functions(NodeDef node) {
        return node.getAttrMap().values().stream()
                .flatMap(value -> value.hasFunc()
                        ? java.util.stream.Stream.of(value.getFunc())
                        : value.getList().getFuncList().stream())
                .map(function -> function.getName())
                .filter(name -> !name.isEmpty())
                .sorted()
                .toList();
    }
}
