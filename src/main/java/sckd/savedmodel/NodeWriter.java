package sckd.savedmodel;

import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Writes what takes the place of one node: nodes named {@code node.suffix}, and one under the node's own name that ends them. */
final class NodeWriter {
    private final GraphEdit edit;
    private final NodeDef original;
    private final NodeDef node;

    /**
     * @param original as it stood in the graph
     * @param node the same, taking what its inputs have become
     */
    NodeWriter(GraphEdit edit, NodeDef original, NodeDef node) {
        this.edit = edit;
        this.original = original;
        this.node = node;
    }

    /** The node that is replaced. */
    NodeDef node() {
        return node;
    }

    /** The same as it stood in the graph before that was touched. */
    NodeDef original() {
        return original;
    }

    TensorName input(int index) {
        return inputs().get(index);
    }

    List<TensorName> inputs() {
        return FlatGraph.dataInputs(node);
    }

    /** The inputs as they were named before the graph was touched. */
    List<TensorName> originalInputs() {
        return FlatGraph.dataInputs(original);
    }

    /** The node's attribute {@code T}: the type of its tensors. */
    DataType type() {
        return Attributes.of(node, "T").getType();
    }

    /** A node under construction, of its op's attribute defaults. */
    Draft op(String op) {
        return new Draft(NodeDef.newBuilder().setOp(op));
    }

    /** A node with op and attributes of the replaced one, without inputs. */
    Draft copy() {
        return new Draft(NodeDef.newBuilder().setOp(node.getOp()).putAllAttr(node.getAttrMap()));
    }

    /** A node with op, attributes and inputs of another. */
    Draft copyOf(NodeDef other) {
        return new Draft(other.toBuilder().clearName());
    }

    TensorName constant(String suffix, TensorProto value) {
        return op("Const")
                .attribute("dtype", Attributes.type(value.getDtype()))
                .attribute("value", Attributes.tensor(value))
                .as(suffix);
    }

    TensorName ints(String suffix, int... values) {
        return constant(suffix, Attributes.ints(values, 0));
    }

    /** A scalar of the node's type. */
    TensorName scalar(String suffix, float value) {
        return scalar(suffix, type(), value);
    }

    TensorName scalar(String suffix, DataType type, float value) {
        if (type == DataType.DT_FLOAT) {
            return constant(suffix, Attributes.scalar(value));
        }
        return op("Cast")
                .attribute("SrcT", Attributes.type(DataType.DT_FLOAT))
                .attribute("DstT", Attributes.type(type))
                .input(constant(suffix + ".float", Attributes.scalar(value)))
                .as(suffix);
    }

    TensorName reshape(String suffix, TensorName tensor, TensorName shape) {
        return op("Reshape")
                .type(type())
                .attribute("Tshape", Attributes.type(DataType.DT_INT32))
                .input(tensor)
                .input(shape)
                .as(suffix);
    }

    TensorName transpose(String suffix, DataType type, TensorName tensor, int... permutation) {
        return op("Transpose")
                .type(type)
                .attribute("Tperm", Attributes.type(DataType.DT_INT32))
                .input(tensor)
                .input(ints(suffix + ".order", permutation))
                .as(suffix);
    }

    /** Ends with a node that hands on a tensor of the node's type. */
    void identity(TensorName tensor) {
        identity(type(), tensor);
    }

    void identity(DataType type, TensorName tensor) {
        op("Identity").type(type).input(tensor).last();
    }

    /** A tensor of the replaced node that is found under another name from now on. */
    void redirect(int output, TensorName replacement) {
        edit.redirect(new TensorName(node.getName(), output), replacement);
    }

    final class Draft {
        private final NodeDef.Builder draft;

        private Draft(NodeDef.Builder draft) {
            this.draft = draft;
        }

        Draft input(TensorName tensor) {
            draft.addInput(tensor.asInput());
            return this;
        }

        Draft inputs(List<TensorName> tensors) {
            tensors.forEach(this::input);
            return this;
        }

        /** The same attributes for another op. */
        Draft op(String op) {
            draft.setOp(op);
            return this;
        }

        Draft attribute(String name, AttrValue value) {
            draft.putAttr(name, value);
            return this;
        }

        Draft type(DataType type) {
            return attribute("T", Attributes.type(type));
        }

        Draft without(String attribute) {
            draft.removeAttr(attribute);
            return this;
        }

        /** Adds it as {@code node.suffix}, a name that tells the layers' features from what only stands beside them. */
        TensorName as(String suffix) {
            var name = edit.unusedName(node.getName() + "." + suffix);
            edit.add(draft.setName(name).build(), node);
            return new TensorName(name, 0);
        }

        /** Adds it under the node's own name; it waits for what the node waited for. */
        void last() {
            FlatGraph.controlInputs(node).forEach(control -> draft.addInput("^" + control));
            edit.add(draft.setName(node.getName()).build(), node);
        }
    }
}
