package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Finds the constants of a graph that are weights, as converters from other frameworks and freezing leave them: float constants of more than one
 * element out of which a layer takes its kernel, or, behind the first kernel, its bias or scale. What is added and multiplied before that is the
 * preprocessing of pixels. Single numbers (an epsilon, a factor) are no weights.
 */
final class ConstantWeights {
    /** Ops with a kernel, and which operand it is. */
    private static final Map<String, Integer> CONVOLUTIONS = ImmutableMap.<String, Integer>builder()
            .put("Conv2D", 1)
            .put("Conv3D", 1)
            .put("DepthwiseConv2dNative", 1)
            .put("Conv2DBackpropInput", 1)
            .put("Conv3DBackpropInputV2", 1)
            .put("DepthwiseConv2dNativeBackpropInput", 1)
            .build();

    private static final Set<String> PRODUCTS =
            Set.of("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum");
    private static final Set<String> BIASES_AND_SCALES =
            Set.of("BiasAdd", "BiasAddV1", "Add", "AddV2", "Sub", "Mul", "RealDiv", "Div");
    private static final Set<String> FUSED = Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");
    /** What may stand between a weight and its layer: other views of it, and arithmetic with other constants; no root, which would be of a variance. */
    private static final Set<String> BETWEEN = Set.of(
            "Identity",
            "Snapshot",
            "Reshape",
            "Transpose",
            "Squeeze",
            "ExpandDims",
            "Cast",
            "Split",
            "SplitV",
            "Unpack",
            "Pack",
            "ConcatV2",
            "Slice",
            "StridedSlice",
            "Pad",
            "Reverse",
            "ReverseV2",
            "Add",
            "AddV2",
            "Sub",
            "Mul",
            "RealDiv",
            "Div",
            "Neg");

    private final FlatGraph graph;
    private final Set<String> onPath;
    private final Set<String> behindKernel;

    private ConstantWeights(FlatGraph graph, String input) {
        this.graph = graph;
        onPath = graph.descendants(List.of(input));
        var kernels = graph.nodes().values().stream()
                .filter(node -> onPath.contains(node.getName()))
                .filter(node -> CONVOLUTIONS.containsKey(node.getOp()) || PRODUCTS.contains(node.getOp()))
                .map(NodeDef::getName)
                .toList();
        behindKernel = graph.descendants(kernels);
    }

    /**
     * A constant.
     *
     * @param origin the node that holds it
     * @param trainable false for the moving averages of a batch norm
     */
    record Weight(FlatGraph.Origin origin, TensorProto value, boolean trainable) {}

    /**
     * Each once, wherever it is used, in the order of the graph.
     *
     * @param graph flat, with the origins of its nodes
     * @param input the node of the images
     */
    static List<Weight> find(FlatGraph graph, String input) {
        return new ConstantWeights(graph, input).find();
    }

    private List<Weight> find() {
        var found = new LinkedHashSet<String>();
        graph.nodes().values().stream()
                .filter(node -> onPath.contains(node.getName()))
                .forEach(node -> operands(node).forEach(operand -> found.addAll(constantsOf(operand))));
        var statistics = statistics();
        found.addAll(statistics);
        var weights = new LinkedHashMap<FlatGraph.Origin, Weight>();
        for (var node : graph.nodes().values()) {
            if (found.contains(node.getName())) {
                var origin = graph.origins().get(node.getName());
                var value = node.getAttrOrThrow("value").getTensor();
                weights.put(origin, new Weight(origin, value, !statistics.contains(node.getName())));
            }
        }
        return List.copyOf(weights.values());
    }

    /** The operands of a node that may be made of weights. */
    private Stream<TensorName> operands(NodeDef node) {
        var inputs = FlatGraph.dataInputs(node);
        var kernel = CONVOLUTIONS.get(node.getOp());
        if (kernel != null) {
            return inputs.stream().skip(kernel).limit(1).filter(this::isOffPath);
        }
        if (FUSED.contains(node.getOp()) && behindKernel.contains(node.getName())) {
            return inputs.stream().skip(1).filter(this::isOffPath);
        }
        boolean mayBe = PRODUCTS.contains(node.getOp())
                || BIASES_AND_SCALES.contains(node.getOp()) && behindKernel.contains(node.getName());
        return mayBe ? inputs.stream().filter(this::isOffPath) : Stream.of();
    }

    private boolean isOffPath(TensorName tensor) {
        return !onPath.contains(tensor.node());
    }

    /** The weights that a tensor is made of. */
    private Set<String> constantsOf(TensorName tensor) {
        var constants = new LinkedHashSet<String>();
        var seen = new HashSet<String>();
        var open = new ArrayDeque<>(List.of(tensor.node()));
        while (!open.isEmpty()) {
            var node = graph.nodes().get(open.pop());
            if (!seen.add(node.getName())) {
                continue;
            }
            if (isWeight(node)) {
                constants.add(node.getName());
            } else if (BETWEEN.contains(node.getOp())) {
                FlatGraph.dataInputs(node).forEach(input -> open.add(input.node()));
            }
        }
        return constants;
    }

    private static boolean isWeight(NodeDef node) {
        return node.getOp().equals("Const")
                && ModelVariable.isFloat(node.getAttrOrDefault("dtype", AttrValue.getDefaultInstance())
                        .getType())
                && Shapes.of(node.getAttrOrThrow("value").getTensor().getTensorShape())
                                .size()
                        > 1;
    }

    /** What a batch norm, of either form, behind the first kernel takes for mean and variance. */
    private Set<String> statistics() {
        var batchNorms = new DecomposedBatchNorm(graph);
        return graph.nodes().values().stream()
                .filter(node -> behindKernel.contains(node.getName()))
                .flatMap(node -> FUSED.contains(node.getOp())
                        ? IntStream.of(3, 4).mapToObj(FlatGraph.dataInputs(node)::get)
                        : batchNorms.find(node).stream().flatMap(match -> Stream.of(match.mean(), match.variance())))
                .map(this::constantsOf)
                .flatMap(Collection::stream)
                .collect(ImmutableSet.toImmutableSet());
    }
}
