package sckd.savedmodel;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TensorProto;

/**
 * The ops by which a program saves and restores the variables that its constants have become, and runs the restore that it had before.
 *
 * @param nodes to be added to the main graph
 * @param definition which of them loaders run
 */
record WeightSaver(List<NodeDef> nodes, SaverDef definition) {
    /**
     * @param before the program's own saver; the default one where it has none
     * @param objects the checkpoint's objects, where the program has objects
     * @param scope a name that no node has yet
     */
    static WeightSaver of(List<WeightVariable> variables, SaverDef before, Optional<ByteString> objects, String scope) {
        var nodes = new ArrayList<NodeDef>();
        var file = before.getFilenameTensorName();
        if (file.isEmpty()) {
            nodes.add(WeightVariable.node(
                    scope + "/filename",
                    "Placeholder",
                    Map.of("dtype", type(DataType.DT_STRING), "shape", shape(Shape.scalar()))));
            file = scope + "/filename:0";
        }
        addSave(nodes, scope, file, variables, objects);
        addRestore(nodes, scope, file, variables, before.getRestoreOpName());
        return new WeightSaver(
                nodes,
                SaverDef.newBuilder()
                        .setFilenameTensorName(file)
                        .setSaveTensorName(scope + "/save:0")
                        .setRestoreOpName(scope + "/restore_all")
                        .setVersion(SaverDef.CheckpointFormatVersion.V2)
                        .build());
    }

    private static void addSave(
            List<NodeDef> nodes,
            String scope,
            String file,
            List<WeightVariable> variables,
            Optional<ByteString> objects) {
        var keys = new ArrayList<>(variables.stream().map(WeightVariable::key).toList());
        var inputs = new ArrayList<>(List.of(file, scope + "/save/keys", scope + "/save/slices"));
        var types = AttrValue.ListValue.newBuilder();
        for (var variable : variables) {
            inputs.add(variable.read());
            types.addType(variable.dtype());
        }
        objects.ifPresent(bytes -> {
            keys.add(ObjectGraphKeys.CHECKPOINT_OBJECTS);
            nodes.add(constant(
                    scope + "/save/objects",
                    TensorProto.newBuilder()
                            .setDtype(DataType.DT_STRING)
                            .setTensorShape(WeightVariable.scalar())
                            .addStringVal(bytes)
                            .build()));
            inputs.add(scope + "/save/objects");
            types.addType(DataType.DT_STRING);
        });
        nodes.add(constant(scope + "/save/keys", strings(keys)));
        nodes.add(constant(scope + "/save/slices", strings(Collections.nCopies(keys.size(), ""))));
        nodes.add(WeightVariable.node(
                scope + "/save/SaveV2",
                "SaveV2",
                Map.of("dtypes", AttrValue.newBuilder().setList(types).build()),
                inputs.toArray(String[]::new)));
        nodes.add(WeightVariable.node(
                scope + "/save",
                "Identity",
                Map.of("T", type(DataType.DT_STRING)),
                file,
                "^" + scope + "/save/SaveV2"));
    }

    private static void addRestore(
            List<NodeDef> nodes, String scope, String file, List<WeightVariable> variables, String before) {
        var keys = variables.stream().map(WeightVariable::key).toList();
        var types = AttrValue.ListValue.newBuilder();
        var done = new ArrayList<String>();
        for (int i = 0; i < variables.size(); i++) {
            types.addType(variables.get(i).dtype());
            var assign = scope + "/restore/Assign_" + i;
            nodes.add(variables.get(i).assignNode(assign, scope + "/restore/RestoreV2:" + i));
            done.add("^" + assign);
        }
        nodes.add(constant(scope + "/restore/keys", strings(keys)));
        nodes.add(constant(scope + "/restore/slices", strings(Collections.nCopies(keys.size(), ""))));
        nodes.add(WeightVariable.node(
                scope + "/restore/RestoreV2",
                "RestoreV2",
                Map.of("dtypes", AttrValue.newBuilder().setList(types).build()),
                file,
                scope + "/restore/keys",
                scope + "/restore/slices"));
        if (!before.isEmpty()) {
            done.add("^" + TensorName.parse(before).node());
        }
        nodes.add(WeightVariable.node(scope + "/restore_all", "NoOp", Map.of(), done.toArray(String[]::new)));
    }

    private static NodeDef constant(String name, TensorProto value) {
        return WeightVariable.node(
                name,
                "Const",
                Map.of(
                        "dtype", type(value.getDtype()),
                        "value", AttrValue.newBuilder().setTensor(value).build()));
    }

    private static TensorProto strings(List<String> values) {
        var tensor = TensorProto.newBuilder()
                .setDtype(DataType.DT_STRING)
                .setTensorShape(Shapes.toProto(Shape.of(values.size())));
        values.forEach(value -> tensor.addStringVal(ByteString.copyFromUtf8(value)));
        return tensor.build();
    }

    private static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }

    private static AttrValue shape(Shape shape) {
        return AttrValue.newBuilder().setShape(Shapes.toProto(shape)).build();
    }
}
