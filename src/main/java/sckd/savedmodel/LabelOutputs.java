package sckd.savedmodel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Outputs that name classes look them up in tables or print them, with ops that only compute no numbers. Nothing here needs the names: such an
 * output becomes what is looked up, the class ids, or is left out where that does not depend on the images (the names of all classes).
 */
record LabelOutputs(FlatGraph graph, ModelInput input) {
    /** Make names of ids; which input holds the ids. */
    private static final Map<String, Integer> NAMINGS =
            Map.of("AsString", 0, "LookupTableFind", 1, "LookupTableFindV2", 1);

    private static final Set<String> VIEWS = Set.of(
            "Identity",
            "Reshape",
            "Squeeze",
            "ExpandDims",
            "Cast",
            "Tile",
            "StridedSlice",
            "Slice",
            "Gather",
            "GatherV2");

    /**
     * The outputs without names.
     *
     * @param notes is told of each that changes
     */
    Map<String, TensorName> replace(Map<String, TensorName> outputs, List<String> notes) {
        var kept = new LinkedHashMap<String, TensorName>();
        outputs.forEach((name, tensor) -> {
            var ids = findIds(tensor);
            if (ids.isEmpty()) {
                kept.put(name, tensor);
                return;
            }
            notes.add("The output '%s' gives names of classes, which are not computed.".formatted(name));
            if (graph.ancestors(List.of(ids.get().node())).contains(input.node())) {
                kept.put(name, ids.get());
            }
        });
        return kept.isEmpty() ? outputs : kept;
    }

    /** What an output that ends in names makes them of; empty for any other. */
    private Optional<TensorName> findIds(TensorName output) {
        var ids = Optional.<TensorName>empty();
        var tensor = output;
        while (true) {
            var node = graph.node(tensor);
            boolean names = NAMINGS.containsKey(node.getOp()) && !AllowedOps.NAMES.contains(node.getOp());
            var inputs = FlatGraph.dataInputs(node);
            int index = names ? NAMINGS.get(node.getOp()) : 0;
            if (index >= inputs.size()
                    || !names && !VIEWS.contains(node.getOp())) { // the graph is not yet known to be whole
                return ids;
            }
            tensor = inputs.get(index);
            ids = names ? Optional.of(tensor) : ids;
        }
    }
}
