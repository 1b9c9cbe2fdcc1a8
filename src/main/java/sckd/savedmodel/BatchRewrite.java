package sckd.savedmodel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Lets what a converter wrote for B images follow the number of images that there are. In a constant that says a shape (of a Reshape, Fill,
 * Tile, ..., or where a slice ends) a leading {@code k · B} becomes {@code k} times the images' first size; a constant of B rows that meets the images' is
 * taken for B equal rows: its first is broadcast. Whether the graph computes the same is for the caller to check.
 */
final class BatchRewrite {
    /** Ops that say a shape, and which input does; of these the first input is what is brought into it. */
    private static final Map<String, Integer> SHAPES_OF_DATA =
            Map.of("Reshape", 1, "BroadcastTo", 1, "Tile", 1, "Slice", 2, "StridedSlice", 2);

    /** Ops that make a tensor of a shape, which is their first input. */
    private static final Set<String> SHAPES_OF_NEW = Set.of(
            "Fill",
            "Conv2DBackpropInput",
            "RandomUniform",
            "RandomStandardNormal",
            "TruncatedNormal",
            "StatelessRandomUniform",
            "StatelessRandomUniformV2",
            "StatelessRandomNormal",
            "StatelessRandomNormalV2");

    private static final Set<String> SLICES = Set.of("Slice", "StridedSlice");

    private static final Set<String> ELEMENTWISE =
            Set.of("Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "Maximum", "Minimum", "SquaredDifference");

    private static final Set<DataType> INTEGERS = Set.of(DataType.DT_INT32, DataType.DT_INT64);

    private final FlatGraph graph;
    private final ModelInput input;
    private final long batch;
    private final TensorTypes types;
    private final Set<String> ofImages;
    private final NodeAppender rewritten;
    private final Map<DataType, TensorName> batches = new HashMap<>();

    private BatchRewrite(FlatGraph graph, ModelInput input, long batch) {
        this.graph = graph;
        this.input = input;
        this.batch = batch;
        this.types = TensorTypes.infer(BatchSize.set(graph, input, batch).toGraphDef());
        this.ofImages = graph.descendants(List.of(input.node()));
        this.rewritten = new NodeAppender(graph, "batch");
    }

    /** The graph, whose input is left open. */
    static FlatGraph build(FlatGraph graph, ModelInput input, long batch) {
        return new BatchRewrite(graph, input, batch).build();
    }

    private FlatGraph build() {
        buildShapes();
        for (var node : graph.nodes().values()) {
            var op = node.getOp();
            if (op.equals("ConcatV2")) {
                buildRows(node, FlatGraph.dataInputs(node).size() - 1, true);
            } else if (ELEMENTWISE.contains(op) && batch > 1) {
                buildRows(node, 2, false);
            }
        }
        return rewritten.build();
    }

    private void buildShapes() {
        var operands = new LinkedHashMap<String, Integer>(); // by node, which input
        for (var node : graph.nodes().values()) {
            if (SHAPES_OF_NEW.contains(node.getOp())) {
                operands.put(node.getName(), 0);
            } else if (SHAPES_OF_DATA.containsKey(node.getOp()) && isOfImagesOrNew(node)) {
                operands.put(node.getName(), SHAPES_OF_DATA.get(node.getOp()));
            }
        }
        var tensors = operands.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, operand -> FlatGraph.dataInputs(
                                graph.nodes().get(operand.getKey()))
                        .get(operand.getValue())));
        var values = new ConstantValues(graph).findAll(tensors.values());
        operands.forEach((name, index) -> values.get(tensors.get(name))
                .filter(shape -> isOfBatch(graph.nodes().get(name), shape))
                .ifPresent(shape -> rewritten.replaceInput(name, index, buildShape(name, tensors.get(name), shape))));
    }

    /** Shapes themselves are reshaped and sliced too: what is brought into a shape must be values. */
    private boolean isOfImagesOrNew(NodeDef node) {
        var data = FlatGraph.dataInputs(node).get(0);
        boolean isExpanded = node.getOp().equals("BroadcastTo") || node.getOp().equals("Tile");
        return !INTEGERS.contains(types.of(data).dtype()) && (isExpanded || ofImages.contains(data.node()));
    }

    /** Whether the leading size is the images', or a multiple of it where so many rows are brought into it. */
    private boolean isOfBatch(NodeDef node, double[] shape) {
        if (shape.length == 0 || shape[0] < batch || shape[0] % batch != 0) {
            return false;
        }
        var data = types.shape(FlatGraph.dataInputs(node).get(0));
        if (SLICES.contains(node.getOp())) {
            return rows(data) == shape[0];
        }
        boolean isMultiple = node.getOp().equals("Reshape") && batch > 1 && rows(data) > 0 && rows(data) % batch == 0;
        boolean isSingle =
                shape[0] == batch && (node.getOp().equals("Reshape") ? rows(data) == batch : shape.length > 1);
        return isMultiple || isSingle;
    }

    private static long rows(Shape shape) {
        return shape.isUnknown() || shape.numDimensions() == 0 ? -1 : shape.get(0);
    }

    /** The same shape with the number of images computed, and so what a Reshape would compute from it: that is known. */
    private TensorName buildShape(String node, TensorName constant, double[] shape) {
        var made = types.shape(new TensorName(node, 0));
        var rest = new long[shape.length - 1];
        for (int i = 0; i < rest.length; i++) {
            boolean isLeft = shape[i + 1] < 0 && graph.nodes().get(node).getOp().equals("Reshape");
            rest[i] = isLeft && made.numDimensions() == shape.length ? made.get(i + 1) : (long) shape[i + 1];
        }
        return buildShape(types.of(constant).dtype(), (long) shape[0] / batch, rest);
    }

    private TensorName buildShape(DataType dtype, long factor, long[] rest) {
        var rows = batches.computeIfAbsent(dtype, this::buildBatch);
        if (factor > 1) {
            rows = rewritten.add(
                    "Mul", Map.of("T", NodeAppender.type(dtype)), rows, rewritten.addVector(dtype, factor));
        }
        return rest.length == 0 ? rows : rewritten.addConcat(dtype, rows, rewritten.addVector(dtype, rest));
    }

    /** How many images there are: {@code [1]}. */
    private TensorName buildBatch(DataType dtype) {
        return rewritten.addBatch(new TensorName(input.node(), 0), input.dtype(), dtype);
    }

    /** Where tensors of the images' meet others with as many rows, these become one row, repeated for each image where that is needed. */
    private void buildRows(NodeDef node, int count, boolean isRepeated) {
        var tensors = FlatGraph.dataInputs(node).subList(0, count);
        var shapes = tensors.stream()
                .filter(tensor -> ofImages.contains(tensor.node()))
                .map(types::shape)
                .filter(shape -> rows(shape) == batch && shape.numDimensions() > 1)
                .toList();
        for (int i = 0; i < count && !shapes.isEmpty(); i++) {
            var shape = types.shape(tensors.get(i));
            boolean isOther = !ofImages.contains(tensors.get(i).node())
                    && rows(shape) == batch
                    && shape.numDimensions() == shapes.get(0).numDimensions()
                    && !shape.hasUnknownDimension();
            if (isOther) {
                rewritten.replaceInput(node.getName(), i, buildRow(tensors.get(i), shape, isRepeated));
            }
        }
    }

    private TensorName buildRow(TensorName tensor, Shape shape, boolean isRepeated) {
        var dtype = types.of(tensor).dtype();
        var size = new long[shape.numDimensions()];
        Arrays.fill(size, -1);
        size[0] = 1;
        var row = rewritten.add(
                "Slice",
                Map.of("T", NodeAppender.type(dtype), "Index", NodeAppender.type(DataType.DT_INT32)),
                tensor,
                rewritten.addVector(DataType.DT_INT32, new long[size.length]),
                rewritten.addVector(DataType.DT_INT32, size));
        if (!isRepeated) {
            return row;
        }
        var whole = buildShape(DataType.DT_INT32, 1, shape.tail().asArray());
        return rewritten.add(
                "BroadcastTo",
                Map.of("T", NodeAppender.type(dtype), "Tidx", NodeAppender.type(DataType.DT_INT32)),
                row,
                whole);
    }
}
