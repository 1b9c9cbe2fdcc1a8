package sckd.savedmodel;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** Finds the batch normalisations over the last axis whose moving averages are variables. */
public final class BatchNormSites {
    private static final Set<String> FUSED = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");

    private final GraphNodes graph;
    private final Map<String, Shape> shapes;

    private BatchNormSites(ClassifierModel model, GraphNodes graph) {
        this.graph = graph;
        this.shapes = model.variables().stream().collect(toImmutableMap(ModelVariable::handle, ModelVariable::shape));
    }

    /** All of a model's, each after those that it depends on. */
    public static List<BatchNorm> find(ClassifierModel model) {
        return find(model, GraphNodes.of(model.graph()));
    }

    static List<BatchNorm> find(ClassifierModel model, GraphNodes graph) {
        var search = new BatchNormSites(model, graph);
        return graph.inOrder(graph.nodes().keySet(), name -> false).stream()
                .flatMap(node -> search.findAt(node).stream())
                .toList();
    }

    private Optional<BatchNorm> findAt(NodeDef node) {
        return FUSED.contains(node.getOp()) ? findFused(node) : findDecomposed(node);
    }

    private Optional<BatchNorm> findFused(NodeDef node) {
        var inputs = GraphNodes.dataInputs(node);
        var mean = findMoving(inputs.get(3));
        var variance = findMoving(inputs.get(4));
        boolean inference = !attribute(node, "is_training").getB();
        boolean channelsLast =
                attribute(node, "data_format").getS().toStringUtf8().equals("NHWC");
        if (!inference || !channelsLast || mean.isEmpty() || variance.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new BatchNorm(
                node.getName(),
                inputs.get(0),
                Optional.of(inputs.get(1)),
                Optional.of(inputs.get(2)),
                mean.get(),
                variance.get(),
                shapes.get(mean.get()),
                attribute(node, "epsilon").getF(),
                BatchNorm.Form.FUSED));
    }

    private Optional<BatchNorm> findDecomposed(NodeDef node) {
        return new DecomposedBatchNorm(graph).find(node).flatMap(found -> findMoving(found.mean())
                .flatMap(mean -> findMoving(found.variance())
                        .map(variance -> new BatchNorm(
                                node.getName(),
                                found.x(),
                                found.gamma(),
                                found.beta(),
                                mean,
                                variance,
                                shapes.get(mean),
                                found.epsilon(),
                                BatchNorm.Form.DECOMPOSED))));
    }

    /** The handle of a variable with one axis, the channels, whose value this tensor is. */
    private Optional<String> findMoving(TensorName tensor) {
        return graph.findHandleRead(graph.source(tensor))
                .filter(handle ->
                        shapes.containsKey(handle) && shapes.get(handle).numDimensions() == 1);
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
