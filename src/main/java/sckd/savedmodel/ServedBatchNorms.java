package sckd.savedmodel;

import com.google.common.collect.Sets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Batch norms that were saved in training mode, as Keras 3 exports those behind layers for images: they normalise by the batch's own mean and
 * variance, and move their averages. Here the averages take the statistics' place, as in inference, and stay as they are.
 */
final class ServedBatchNorms {
    static final String NOTE =
            "Batch norm is in training mode in what it serves: it normalises by the batch and moves its averages;"
                    + " here it takes the averages and leaves them as they are.";
    private static final Set<String> DIVISIONS = Set.of("Div", "DivNoNan", "RealDiv");
    private static final AttrValue OFF = AttrValue.newBuilder().setB(false).build();

    private final FlatGraph graph;
    private final Set<String> fromImages;
    /** The averages' handles, by the statistic that moves them. */
    private final Map<TensorName, String> averages = new HashMap<>();

    private final Set<String> assignments = new HashSet<>();

    private ServedBatchNorms(FlatGraph graph, String images) {
        this.graph = graph;
        fromImages = graph.descendants(Set.of(images));
        for (var node : graph.nodes().values()) {
            MovingAverage.find(graph, node)
                    .filter(average -> isStatistic(average.statistic()))
                    .ifPresent(average -> {
                        averages.put(average.statistic(), average.handle());
                        assignments.add(node.getName());
                    });
        }
    }

    /** As it is where batch statistics would still be used: what assigns is refused then. */
    static FlatGraph rewrite(FlatGraph graph, GraphRewrite.Context context) {
        var served = new ServedBatchNorms(graph, context.input());
        if (served.assignments.isEmpty() || !served.areWhole()) {
            return graph;
        }
        var rewritten = GraphEdit.rewrite(graph, context.replacements(), served::rewrite);
        if (served.usesBatch(rewritten)) {
            return graph;
        }
        context.notes().add(NOTE);
        return rewritten.withNodes(TopologicalOrder.sort(rewritten.nodes()));
    }

    /** A mean over images, or one of the two that the fused op makes. */
    private boolean isStatistic(TensorName tensor) {
        var node = graph.node(source(tensor));
        boolean isMean = node.getOp().equals("Mean")
                || DIVISIONS.contains(node.getOp())
                        && graph.input(node, 0).getOp().equals("Sum");
        return fromImages.contains(tensor.node()) && (isMean || isFused(node));
    }

    private static boolean isFused(NodeDef node) {
        return BatchNorms.FUSED.contains(node.getOp());
    }

    /** Without the steps that change the shape alone. */
    private TensorName source(TensorName tensor) {
        var node = graph.node(tensor);
        return BatchNorms.VIEWS.contains(node.getOp()) && GraphEdit.isWhole(node)
                ? source(FlatGraph.dataInputs(node).get(0))
                : tensor;
    }

    /** Whether each statistic moves one average, and a fused op's mean and variance one each. */
    private boolean areWhole() {
        return averages.size() == assignments.size()
                && averages.keySet().stream()
                        .filter(statistic -> isFused(graph.node(statistic)))
                        .allMatch(statistic -> averages.containsKey(new TensorName(statistic.node(), 1))
                                && averages.containsKey(new TensorName(statistic.node(), 2)));
    }

    private void rewrite(NodeWriter at) {
        var name = at.node().getName();
        if (assignments.contains(name)) {
            at.op("NoOp").last();
        } else if (averages.containsKey(new TensorName(name, 0))) {
            read(at, 0).last();
        } else if (averages.containsKey(new TensorName(name, 1))) {
            var mean = read(at, 1).as("mean");
            var variance = read(at, 2).as("variance");
            at.copy()
                    .attribute("is_training", OFF)
                    .inputs(at.inputs().subList(0, 3))
                    .input(mean)
                    .input(variance)
                    .last();
        }
    }

    private NodeWriter.Draft read(NodeWriter at, int statistic) {
        var handle = new TensorName(averages.get(new TensorName(at.node().getName(), statistic)), 0);
        return at.op("ReadVariableOp")
                .attribute("dtype", Attributes.of(graph.node(handle), "dtype"))
                .input(handle);
    }

    /** Whether anything that the graph ends in takes a statistic in another shape. */
    private boolean usesBatch(FlatGraph rewritten) {
        var taken = new HashSet<String>();
        graph.nodes().values().forEach(node -> taken.addAll(FlatGraph.producers(node)));
        var needed = rewritten.ancestors(Sets.difference(graph.nodes().keySet(), taken));
        return averages.keySet().stream()
                .map(this::source)
                .filter(source -> !averages.containsKey(source))
                .anyMatch(source -> needed.contains(source.node()));
    }
}
