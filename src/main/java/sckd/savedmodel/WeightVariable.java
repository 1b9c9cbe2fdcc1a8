package sckd.savedmodel;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;

/**
 * A variable that takes the place of a constant.
 *
 * @param weight the constant
 * @param name of its handle, unique in the main graph; also its {@code shared_name}
 * @param read the node of the main graph that reads it
 * @param key in the checkpoint
 */
record WeightVariable(ConstantWeights.Weight weight, String name, String read, String key) {
    /** The read of a constant of the main graph is the node that was the constant. */
    static WeightVariable of(ConstantWeights.Weight weight, String name, String key) {
        boolean isInMainGraph = weight.origin().function().isEmpty();
        return new WeightVariable(
                weight, name, isInMainGraph ? weight.origin().node() : name + "/Read/ReadVariableOp", key);
    }

    DataType dtype() {
        return weight.value().getDtype();
    }

    TensorShapeProto shape() {
        return weight.value().getTensorShape();
    }

    private AttrValue type() {
        return AttrValue.newBuilder().setType(dtype()).build();
    }

    private static AttrValue shape(TensorShapeProto shape) {
        return AttrValue.newBuilder().setShape(shape).build();
    }

    private String initialValue() {
        return name + "/initial_value";
    }

    private String assign() {
        return name + "/Assign";
    }

    /** The handle, and what the definition of a variable has to name: a placeholder for its first value and the op that sets it. */
    List<NodeDef> handleNodes() {
        return List.of(
                node(
                        name,
                        "VarHandleOp",
                        Map.of("dtype", type(), "shape", shape(shape()), "shared_name", string(name))),
                node(initialValue(), "Placeholder", Map.of("dtype", type(), "shape", shape(shape()))),
                node(assign(), "AssignVariableOp", Map.of("dtype", type()), name, initialValue()));
    }

    /** A read of the variable. */
    NodeDef readNode(String node, String handle) {
        return node(node, "ReadVariableOp", Map.of("dtype", type()), handle);
    }

    /** The read that takes a constant's place and name. */
    NodeDef readInPlace(NodeDef constant, String handle) {
        return readNode(constant.getName(), handle).toBuilder()
                .addAllInput(constant.getInputList()) // a constant has control inputs only
                .setDevice(constant.getDevice())
                .build();
    }

    /** The op that sets the variable to a tensor. */
    NodeDef assignNode(String node, String value) {
        return node(node, "AssignVariableOp", Map.of("dtype", type()), name, value);
    }

    static NodeDef node(String name, String op, Map<String, AttrValue> attributes, String... inputs) {
        return NodeDef.newBuilder()
                .setName(name)
                .setOp(op)
                .putAllAttr(attributes)
                .addAllInput(List.of(inputs))
                .build();
    }

    static AttrValue string(String text) {
        return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
    }

    /** Its entry in the collections of variables. */
    VariableDef toVariableDef() {
        return VariableDef.newBuilder()
                .setVariableName(name + ":0")
                .setInitialValueName(initialValue() + ":0")
                .setInitializerName(assign())
                .setSnapshotName(read + ":0")
                .setIsResource(true)
                .setTrainable(weight.trainable())
                .build();
    }

    /** The object that Python makes a variable of. */
    SavedVariable toSavedVariable() {
        return SavedVariable.newBuilder()
                .setDtype(dtype())
                .setShape(shape())
                .setTrainable(weight.trainable())
                .setName(name)
                .build();
    }

    static TensorShapeProto scalar() {
        return Shapes.toProto(Shape.scalar());
    }
}
