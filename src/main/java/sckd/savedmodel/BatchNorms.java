package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** Finds the batch normalisations of an inference graph: the fused ops, and those written out in arithmetic. */
final class BatchNorms {
    static final Set<String> FUSED = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");
    /** What stands between a variable's read and its use where types or axes differ. */
    static final Set<String> VIEWS = Set.of("Identity", "Reshape", "Squeeze", "Cast", "ExpandDims", "BroadcastTo");

    private final FlatGraph graph;

    private BatchNorms(FlatGraph graph) {
        this.graph = graph;
    }

    /** All of them, each after those that it depends on. */
    static List<BatchNorm> find(FlatGraph graph) {
        var search = new BatchNorms(graph);
        var decomposed = new DecomposedBatchNorm(graph);
        var byCore = new LinkedHashMap<String, BatchNorm>();
        for (var node : graph.nodes().values()) {
            if (FUSED.contains(node.getOp())) {
                search.findFused(node).ifPresent(norm -> byCore.put(node.getName(), norm));
            } else {
                decomposed.find(node).ifPresent(match -> search.convert(node, match)
                        .ifPresent(norm -> {
                            byCore.remove(match.core()); // the same without its last steps
                            byCore.put(match.core(), norm);
                        }));
            }
        }
        return List.copyOf(byCore.values());
    }

    /**
     * Those that normalise by the batch in training. A frozen layer's keeps to its moving averages, as in Keras: one whose gamma and beta are
     * variables that are not trained.
     */
    static List<BatchNorm> findTrained(FlatGraph graph, List<ModelVariable> variables) {
        var search = new BatchNorms(graph);
        var trainable = variables.stream()
                .filter(ModelVariable::trainable)
                .map(ModelVariable::handle)
                .collect(ImmutableSet.toImmutableSet());
        return find(graph).stream()
                .filter(norm -> {
                    var parameters = search.parameters(norm);
                    return parameters.isEmpty() || parameters.stream().anyMatch(trainable::contains);
                })
                .toList();
    }

    /** The handles of gamma and beta. */
    private List<String> parameters(BatchNorm norm) {
        return Stream.concat(norm.gamma().stream(), norm.beta().stream())
                .flatMap(tensor -> findHandle(tensor).stream())
                .toList();
    }

    /** The handles of all moving means and variances. */
    static Set<String> movingStatistics(FlatGraph graph) {
        return find(graph).stream()
                .flatMap(norm -> Stream.concat(norm.mean().stream(), norm.variance().stream()))
                .collect(ImmutableSet.toImmutableSet());
    }

    private Optional<BatchNorm> findFused(NodeDef node) {
        if (attribute(node, "is_training").getB()) {
            return Optional.empty();
        }
        var inputs = FlatGraph.dataInputs(node);
        return Optional.of(new BatchNorm(
                node.getName(),
                inputs.get(0),
                Optional.of(inputs.get(1)),
                Optional.of(inputs.get(2)),
                inputs.get(3),
                findHandle(inputs.get(3)),
                findHandle(inputs.get(4)),
                attribute(node, "epsilon").getF(),
                !attribute(node, "data_format").getS().toStringUtf8().endsWith("C"),
                BatchNorm.Form.FUSED));
    }

    /** Only where mean and variance are variables: any affine function could be written like this. */
    private Optional<BatchNorm> convert(NodeDef output, DecomposedBatchNorm.Match match) {
        var norm = new BatchNorm(
                output.getName(),
                match.x(),
                match.gamma(),
                match.beta(),
                match.mean(),
                findHandle(match.mean()),
                findHandle(match.variance()),
                match.epsilon(),
                false,
                BatchNorm.Form.DECOMPOSED);
        return Optional.of(norm).filter(BatchNorm::isMoving);
    }

    /** The variable whose value this tensor is, as it is or in another shape. */
    private Optional<String> findHandle(TensorName tensor) {
        var node = graph.node(tensor);
        return VIEWS.contains(node.getOp())
                ? findHandle(FlatGraph.dataInputs(node).get(0))
                : graph.findHandleRead(node);
    }

    /** A writer may leave out an attribute that has its default. */
    private static AttrValue attribute(NodeDef node, String name) {
        return node.containsAttr(name)
                ? node.getAttrOrThrow(name)
                : OpDefs.registered().find(node.getOp()).orElseThrow().getAttrList().stream()
                        .filter(attribute -> attribute.getName().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .getDefaultValue();
    }
}
