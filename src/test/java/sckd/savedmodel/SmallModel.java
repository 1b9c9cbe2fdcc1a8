package sckd.savedmodel;

import static sckd.savedmodel.GraphText.call;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.function;
import static sckd.savedmodel.GraphText.graph;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** Writes SavedModels of a few nodes, with real checkpoints. */
final class SmallModel {
    static final String PREDICT = "tensorflow/serving/predict";

    private SmallModel() {}

    static void write(Path directory, MetaGraphDef metaGraph) {
        try {
            Files.createDirectories(directory);
            var model = SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(metaGraph);
            Files.write(directory.resolve("saved_model.pb"), model.build().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the tensor bundle {@code variables/variables} with TensorFlow's own op. */
    static void writeCheckpoint(Path directory, Map<String, Operand<? extends TType>> values, Ops tf, Session session) {
        try {
            Files.createDirectories(directory.resolve("variables"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var keys = values.keySet().stream().sorted().toList();
        var slices = keys.stream().map(key -> "").toArray(String[]::new);
        var prefix = directory.resolve("variables").resolve("variables").toString();
        var save = tf.train.save(
                tf.constant(prefix),
                tf.array(keys.toArray(String[]::new)),
                tf.array(slices),
                keys.stream().<Operand<?>>map(values::get).toList());
        try (var result = session.runner().addTarget(save).run()) {}
    }

    static void writeFloats(Path directory, Map<String, float[]> vectors) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var values = new TreeMap<String, Operand<? extends TType>>();
            vectors.forEach((key, vector) -> values.put(key, tf.constant(vector)));
            writeCheckpoint(directory, values, tf, session);
        }
    }

    static MetaGraphDef.Builder metaGraph(GraphDef graph) {
        var metaGraph = MetaGraphDef.newBuilder().setGraphDef(graph);
        metaGraph.getMetaInfoDefBuilder().addTags("serve");
        return metaGraph;
    }

    static SignatureDef signature(Map<String, String> inputs, Map<String, String> outputs) {
        var signature = SignatureDef.newBuilder().setMethodName(PREDICT);
        inputs.forEach((name, tensor) -> signature.putInputs(name, info(tensor, -1, 4, 4, 1)));
        outputs.forEach((name, tensor) -> signature.putOutputs(name, info(tensor, -1, 2)));
        return signature.build();
    }

    static TensorInfo info(String tensor, long... shape) {
        return TensorInfo.newBuilder()
                .setName(tensor)
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(GraphText.shapeProto(shape))
                .build();
    }

    /** A reading of {@code handle}, in float. */
    static NodeDef read(String name, String handle) {
        return node(name, "ReadVariableOp", handle);
    }

    /** The nodes that restore each handle of a vector from a key, as a saver writes them. */
    static List<NodeDef> restore(Map<String, String> keyByHandle) {
        var nodes = new ArrayList<NodeDef>();
        var handles = List.copyOf(keyByHandle.keySet());
        var keys = handles.stream().map(keyByHandle::get).toList();
        var slices = handles.stream().map(handle -> "").toList();
        nodes.add(node("save/prefix", "Placeholder", Map.of("dtype", type(DataType.DT_STRING))));
        nodes.add(constant("save/keys", GraphText.strings(keys)));
        nodes.add(constant("save/slices", GraphText.strings(slices)));
        nodes.add(node(
                "save/RestoreV2",
                "RestoreV2",
                Map.of("dtypes", GraphText.floats(handles.size())),
                "save/prefix",
                "save/keys",
                "save/slices"));
        var assigns = new ArrayList<String>();
        for (int i = 0; i < handles.size(); i++) {
            nodes.add(node("save/value" + i, "Identity", "save/RestoreV2:" + i));
            nodes.add(node("save/assign" + i, "AssignVariableOp", handles.get(i), "save/value" + i));
            assigns.add("^save/assign" + i);
        }
        nodes.add(node("save/restore_all", "NoOp", assigns.toArray(String[]::new)));
        return nodes;
    }

    static SaverDef saver() {
        return SaverDef.newBuilder()
                .setFilenameTensorName("save/prefix:0")
                .setRestoreOpName("save/restore_all")
                .setVersion(SaverDef.CheckpointFormatVersion.V2)
                .build();
    }

    /**
     * A graph without functions, as the zoo writes: images {@code [?, 4, 4, 1]} times {@code net/scale} [1], batch norm written out, mean over the
     * map, times {@code net/kernel} [1, 2], Softmax. Its restore knows the keys {@code scale} and so on.
     */
    static MetaGraphDef.Builder graphMode() {
        var nodes = new ArrayList<>(List.of(
                placeholder("images", -1, 4, 4, 1),
                variable("net/scale", 1),
                variable("net/mean", 1),
                variable("net/variance", 1),
                variable("net/kernel", 1, 2),
                read("net/block/read", "net/scale"),
                node("net/block/mul", "Mul", "images", "net/block/read"),
                read("net/norm/variance", "net/variance"),
                constant("net/norm/epsilon", floatScalar(.001f)),
                node("net/norm/add", "AddV2", "net/norm/variance", "net/norm/epsilon"),
                node("net/norm/rsqrt", "Rsqrt", "net/norm/add"),
                read("net/norm/mean", "net/mean"),
                node("net/norm/shift", "Mul", "net/norm/mean", "net/norm/rsqrt"),
                node("net/norm/negated", "Neg", "net/norm/shift"),
                node("net/norm/mul_1", "Mul", "net/block/mul", "net/norm/rsqrt"),
                node("net/norm/add_1", "AddV2", "net/norm/mul_1", "net/norm/negated"),
                constant("net/pool/axes", GraphText.ints(1, 2)),
                node(
                        "net/pool/mean",
                        "Mean",
                        Map.of("Tidx", type(DataType.DT_INT32)),
                        "net/norm/add_1",
                        "net/pool/axes"),
                read("net/dense/read", "net/kernel"),
                node("net/dense/product", "MatMul", "net/pool/mean", "net/dense/read"),
                node("probabilities", "Softmax", "net/dense/product")));
        var keys = new TreeMap<>(
                Map.of("net/scale", "scale", "net/mean", "mean", "net/variance", "variance", "net/kernel", "kernel"));
        nodes.addAll(restore(keys));
        return metaGraph(graph(List.of(), nodes.toArray(NodeDef[]::new)))
                .setSaverDef(saver())
                .putSignatureDef(
                        "serving_default", signature(Map.of("images", "images:0"), Map.of("out", "probabilities:0")));
    }

    /** The checkpoint that {@link #graphMode} restores. */
    static void writeGraphModeCheckpoint(Path directory) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            writeCheckpoint(
                    directory,
                    Map.of(
                            "scale", tf.constant(new float[] {2}),
                            "mean", tf.constant(new float[] {.5f}),
                            "variance", tf.constant(new float[] {4}),
                            "kernel", tf.constant(new float[][] {{1, -1}})),
                    tf,
                    session);
        }
    }

    /** A model whose signature calls one function with these nodes; its argument is {@code x}. */
    static MetaGraphDef calling(String result, NodeDef... body) {
        return metaGraph(graph(
                        List.of(function("inference", List.of("x"), List.of(result), body)),
                        placeholder("images", -1, 4, 4, 1),
                        call("call", "inference", 1, 1, "images")))
                .putSignatureDef("serving_default", signature(Map.of("images", "images:0"), Map.of("out", "call:0")))
                .build();
    }

    static AttrValue bool(boolean value) {
        return AttrValue.newBuilder().setB(value).build();
    }

    static TFloat32 images(float... pixels) {
        return TFloat32.vectorOf(pixels);
    }
}
