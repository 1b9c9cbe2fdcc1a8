package sckd.savedmodel;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import sckd.UserException;

/**
 * A program whose assignments to variables have become values: what reads a variable after an assignment takes the assigned tensor, and the last
 * of them is the variable's new value. The order in which side effects would run no longer matters, as nothing has one.
 *
 * @param values by handle, of every variable that was assigned
 */
record PureProgram(FlatGraph graph, Map<String, TensorName> values) {
    /**
     * Takes the nodes in an order that all control inputs allow, which is that of a flat graph.
     *
     * @throws UserException if a node lacks its handle or its value
     */
    static PureProgram of(FlatGraph graph) {
        return new Rewriting(graph).rewrite();
    }

    private static final class Rewriting {
        private static final long PHILOX_STATE = 3;
        private static final long COUNTED_FOR_A_NUMBER = 256;

        private final FlatGraph graph;
        private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
        private final Map<String, FlatGraph.Origin> origins;
        private final Map<String, TensorName> values = new LinkedHashMap<>();

        Rewriting(FlatGraph graph) {
            this.graph = graph;
            origins = new HashMap<>(graph.origins());
        }

        PureProgram rewrite() {
            for (var node : graph.nodes().values()) {
                switch (node.getOp()) {
                    case "ReadVariableOp" -> read(node);
                    case "AssignVariableOp" -> assign(node, input(node, 1));
                    case "AssignAddVariableOp" -> assign(node, combine(node, "AddV2"));
                    case "AssignSubVariableOp" -> assign(node, combine(node, "Sub"));
                    case "RngReadAndSkip" -> skip(node);
                    default -> nodes.put(node.getName(), node);
                }
            }
            return new PureProgram(new FlatGraph(nodes, origins, graph.versions()), values);
        }

        private void read(NodeDef node) {
            var value = Optional.ofNullable(values.get(handle(node)));
            nodes.put(
                    node.getName(),
                    value.map(tensor -> NodeDef.newBuilder()
                                    .setName(node.getName())
                                    .setOp("Identity")
                                    .putAttr("T", dtype(node))
                                    .addInput(tensor.asInput())
                                    .build())
                            .orElse(node));
        }

        /** The node stays, for others may wait for it. */
        private void assign(NodeDef node, TensorName value) {
            nodes.put(
                    node.getName(),
                    NodeDef.newBuilder().setName(node.getName()).setOp("NoOp").build());
            values.put(handle(node), value);
        }

        private TensorName combine(NodeDef node, String op) {
            var before = values.computeIfAbsent(handle(node), handle -> addRead(node, handle));
            return add(node, "value", binary(op, dtype(node), before, input(node, 1)));
        }

        /**
         * Hands on a generator's state and moves its counter by 256 for each number that is skipped, as the op does (measured); not the carry to
         * the upper half of the counter, which 2⁵⁵ numbers would reach. Another generator than Philox has another state: the op stays.
         */
        private void skip(NodeDef node) {
            var handle = graph.node(new TensorName(handle(node), 0));
            var shape = Shapes.of(handle.getAttrOrDefault("shape", AttrValue.getDefaultInstance())
                    .getShape());
            if (!shape.equals(Shape.of(PHILOX_STATE))) {
                nodes.put(node.getName(), node);
                return;
            }
            var int64 = AttrValue.newBuilder().setType(DataType.DT_INT64).build();
            var typed = node.toBuilder().putAttr("dtype", int64).build();
            var before = values.computeIfAbsent(handle(node), name -> addRead(typed, name));
            var delta = add(
                    node,
                    "delta",
                    NodeDef.newBuilder()
                            .setOp("Cast")
                            .putAttr(
                                    "SrcT",
                                    AttrValue.newBuilder()
                                            .setType(DataType.DT_UINT64)
                                            .build())
                            .putAttr("DstT", int64)
                            .addInput(input(node, 2).asInput()));
            var unit = add(node, "unit", constant(COUNTED_FOR_A_NUMBER, 0, 0));
            var step = add(node, "step", binary("Mul", int64, delta, unit));
            nodes.put(
                    node.getName(),
                    NodeDef.newBuilder()
                            .setName(node.getName())
                            .setOp("Identity")
                            .putAttr("T", int64)
                            .addInput(before.asInput())
                            .build());
            values.put(handle(node), add(node, "value", binary("AddV2", int64, before, step)));
        }

        private static NodeDef.Builder binary(String op, AttrValue type, TensorName left, TensorName right) {
            return NodeDef.newBuilder()
                    .setOp(op)
                    .putAttr("T", type)
                    .addInput(left.asInput())
                    .addInput(right.asInput());
        }

        private static NodeDef.Builder constant(long... values) {
            var tensor = TensorProto.newBuilder()
                    .setDtype(DataType.DT_INT64)
                    .setTensorShape(Shapes.toProto(Shape.of(values.length)));
            LongStream.of(values).forEach(tensor::addInt64Val);
            return NodeDef.newBuilder()
                    .setOp("Const")
                    .putAttr(
                            "dtype",
                            AttrValue.newBuilder().setType(DataType.DT_INT64).build())
                    .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build());
        }

        private TensorName addRead(NodeDef node, String handle) {
            var read = NodeDef.newBuilder()
                    .setOp("ReadVariableOp")
                    .putAttr("dtype", dtype(node))
                    .addInput(handle);
            return add(node, "before", read);
        }

        private TensorName add(NodeDef node, String what, NodeDef.Builder added) {
            var name = node.getName() + "/" + what;
            while (graph.nodes().containsKey(name) || nodes.containsKey(name)) {
                name += "_";
            }
            nodes.put(name, added.setName(name).build());
            origins.put(name, graph.origins().get(node.getName()));
            return new TensorName(name, 0);
        }

        private String handle(NodeDef node) {
            return graph.withoutIdentities(input(node, 0)).node();
        }

        private static TensorName input(NodeDef node, int index) {
            var inputs = FlatGraph.dataInputs(node);
            if (index >= inputs.size()) {
                throw new UserException("node '%s' (%s) takes %d tensors; expected %d or more"
                        .formatted(node.getName(), node.getOp(), inputs.size(), index + 1));
            }
            return inputs.get(index);
        }

        private static AttrValue dtype(NodeDef node) {
            return node.getAttrOrDefault(
                    "dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build());
        }
    }
}
