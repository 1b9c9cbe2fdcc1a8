package sckd.savedmodel;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.tensorflow.proto.NodeDef;

/** Uniform numbers that images are multiplied with, or that are added to them, by sums and products alone. */
final class RandomFactors {
    private static final Set<String> SUMS = Set.of("Add", "AddV2", "Sub");
    private static final Set<String> PRODUCTS = Set.of("AdjustContrastv2", "Mul");
    private static final Set<String> VIEWS = Set.of("Cast", "ExpandDims", "Identity", "Neg", "Reshape", "Squeeze");

    private final RandomMask masks;
    /** The nodes whose values depend on the images. */
    private final Set<String> fromImages = new HashSet<>();

    private final ListMultimap<String, NodeDef> consumers = ArrayListMultimap.create();

    RandomFactors(FlatGraph graph, String images) {
        masks = new RandomMask(graph);
        fromImages.add(images);
        for (var node : graph.nodes().values()) {
            var inputs = RandomOps.isOfShapes(node) ? List.<TensorName>of() : FlatGraph.dataInputs(node);
            inputs.forEach(input -> consumers.put(input.node(), node));
            if (!RandomOps.draws(node) && inputs.stream().anyMatch(input -> fromImages.contains(input.node()))) {
                fromImages.add(node.getName());
            }
        }
    }

    /** Whether a draw is such a number wherever it goes. */
    boolean isOne(String name) {
        return consumers.get(name).stream()
                .allMatch(consumer -> (SUMS.contains(consumer.getOp())
                                || PRODUCTS.contains(consumer.getOp())
                                || VIEWS.contains(consumer.getOp()))
                        && (fromImages.contains(consumer.getName()) || isOne(consumer.getName())));
    }

    /** The number from 0 to 1 with which all images stay as they are; empty where there is none. */
    OptionalDouble findNeutral(String name) {
        var places = places(name).distinct().toArray();
        return places.length == 1 && !Double.isNaN(places[0]) ? OptionalDouble.of(places[0]) : OptionalDouble.empty();
    }

    private DoubleStream places(String name) {
        return consumers.get(name).stream()
                .flatMapToDouble(consumer -> fromImages.contains(consumer.getName())
                        ? DoubleStream.of(place(name, consumer))
                        : places(consumer.getName()));
    }

    /** A factor of 1 and a term of 0 change nothing. */
    private double place(String name, NodeDef consumer) {
        var bounds = masks.bounds(new TensorName(name, 0));
        return PRODUCTS.contains(consumer.getOp())
                ? bounds.place(1)
                : SUMS.contains(consumer.getOp()) ? bounds.place(0) : Double.NaN;
    }
}
