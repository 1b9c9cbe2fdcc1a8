package sckd.savedmodel;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Nodes of our own put into a model's flat graph, under names that it does not use. */
final class NodeAppender {
    /** No scope of another writer's. */
    private static final String PREFIX = "sckd.";

    private final FlatGraph graph;
    private final String scope;
    private final Map<String, NodeDef> nodes;
    private final Map<String, FlatGraph.Origin> origins;

    /**
     * @param scope what the new nodes are named after
     */
    NodeAppender(FlatGraph graph, String scope) {
        this.graph = graph;
        this.scope = PREFIX + scope;
        this.nodes = new LinkedHashMap<>(graph.nodes());
        this.origins = new HashMap<>(graph.origins());
    }

    /** Whether a node was added to a model by us: it is no layer. */
    static boolean isAppended(String node) {
        return node.startsWith(PREFIX);
    }

    /** The same of a scope. */
    static boolean isAppended(String node, String scope) {
        return node.startsWith(PREFIX + scope + "/");
    }

    /** Adds a node; the result is its first output. */
    TensorName add(String op, Map<String, AttrValue> attributes, TensorName... inputs) {
        var node = NodeDef.newBuilder().setName(unusedName(op)).setOp(op).putAllAttr(attributes);
        for (var input : inputs) {
            node.addInput(input.asInput());
        }
        nodes.put(node.getName(), node.build());
        origins.put(node.getName(), new FlatGraph.Origin("", node.getName()));
        return new TensorName(node.getName(), 0);
    }

    /** Adds a vector of int32 or int64. */
    TensorName addVector(DataType dtype, long... values) {
        var tensor = TensorProto.newBuilder().setDtype(dtype);
        tensor.getTensorShapeBuilder().addDimBuilder().setSize(values.length);
        for (long value : values) {
            addValue(tensor, value);
        }
        return addConstant(tensor.build());
    }

    /** Adds a scalar of int32 or int64. */
    TensorName addScalar(DataType dtype, long value) {
        var tensor = TensorProto.newBuilder().setDtype(dtype);
        tensor.getTensorShapeBuilder();
        addValue(tensor, value);
        return addConstant(tensor.build());
    }

    private static void addValue(TensorProto.Builder tensor, long value) {
        if (tensor.getDtype() == DataType.DT_INT64) {
            tensor.addInt64Val(value);
        } else {
            tensor.addIntVal(Math.toIntExact(value));
        }
    }

    TensorName addConstant(TensorProto value) {
        return add(
                "Const",
                Map.of(
                        "dtype",
                        type(value.getDtype()),
                        "value",
                        AttrValue.newBuilder().setTensor(value).build()));
    }

    /** Adds a float32 scalar. */
    TensorName addFloat(float value) {
        var tensor = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(value);
        tensor.getTensorShapeBuilder();
        return addConstant(tensor.build());
    }

    /** Adds {@code Reshape} to the sizes, of which one may be −1. */
    TensorName addReshape(DataType dtype, TensorName tensor, long... sizes) {
        return add("Reshape", Map.of("T", type(dtype)), tensor, addVector(DataType.DT_INT32, sizes));
    }

    /** Adds the first size of a tensor: {@code [1]}. Shape inference follows these ops, and no Gather. */
    TensorName addBatch(TensorName tensor, DataType ofTensor, DataType dtype) {
        var shape = add("Shape", Map.of("T", type(ofTensor), "out_type", type(dtype)), tensor);
        return add(
                "StridedSlice",
                Map.of("T", type(dtype), "Index", type(DataType.DT_INT32)),
                shape,
                addVector(DataType.DT_INT32, 0),
                addVector(DataType.DT_INT32, 1),
                addVector(DataType.DT_INT32, 1));
    }

    /** Adds two vectors as one. */
    TensorName addConcat(DataType dtype, TensorName first, TensorName second) {
        Map<String, AttrValue> attributes = Map.of("T", type(dtype), "N", integer(2), "Tidx", type(DataType.DT_INT32));
        return add("ConcatV2", attributes, first, second, addScalar(DataType.DT_INT32, 0));
    }

    /** Lets a node take another tensor at that place among its data inputs. */
    void replaceInput(String node, int index, TensorName tensor) {
        nodes.compute(
                node,
                (name, old) -> old.toBuilder().setInput(index, tensor.asInput()).build());
    }

    static AttrValue type(DataType dtype) {
        return AttrValue.newBuilder().setType(dtype).build();
    }

    static AttrValue integer(long value) {
        return AttrValue.newBuilder().setI(value).build();
    }

    private String unusedName(String op) {
        var name = scope + "/" + op;
        for (int i = 1; nodes.containsKey(name); i++) {
            name = scope + "/" + op + "_" + i;
        }
        return name;
    }

    /** The graph with the new nodes, each after all that it takes. */
    FlatGraph build() {
        return new FlatGraph(TopologicalOrder.sort(nodes), origins, graph.versions());
    }
}
