package sckd.savedmodel;

import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.types.TString;

/** The models of which mutants are made: small, and between them of all the kinds that are read. */
final class FuzzModels {
    private FuzzModels() {}

    /** Writes them all. */
    static List<Path> write(Path directory) throws IOException {
        var graphMode = directory.resolve("graph-mode");
        SmallModel.write(graphMode, SmallModel.graphMode().build());
        SmallModel.writeGraphModeCheckpoint(graphMode);
        var fused = directory.resolve("fused");
        BatchNormModel.writeFused(fused);
        removeObjects(fused);
        var references = RefVariableModel.write(
                directory.resolve("references"), RefVariableModel.metaGraph().build());
        var constants = TinyClassifier.write(directory.resolve("constants"), 3);
        return List.of(graphMode, fused, references, constants, writeFunctions(directory.resolve("functions")));
    }

    /** What a sketch has there is a text. */
    private static void removeObjects(Path model) throws IOException {
        var index = model.resolve("variables/variables.index");
        try {
            var entries = new TreeMap<String, ByteString>();
            SortedTable.parse(Files.readAllBytes(index))
                    .forEach((key, value) -> entries.put(key.toStringUtf8(), value));
            entries.remove("_CHECKPOINTABLE_OBJECT_GRAPH");
            Files.write(index, IndexMutation.write(entries));
        } catch (SortedTable.MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As Keras writes: functions that call each other, objects behind the variables, two keys for one of them. */
    static Path writeFunctions(Path directory) {
        SmallModel.write(directory, functions());
        try (var graph = new Graph();
                var session = new Session(graph);
                var objects = TString.tensorOfBytes(
                        NdArrays.scalarOfObject(storedObjects().toByteArray()))) {
            var tf = Ops.create(graph);
            var kernel = tf.constant(Shape.of(3, 3, 1, 2), DataBuffers.of(new float[] {
                .1f, -.2f, .3f, .4f, -.5f, .6f, .7f, -.8f, .9f, .1f, .2f, .3f, -.4f, .5f, .6f, .7f, .8f, -.9f
            }));
            var values = new TreeMap<String, org.tensorflow.Operand<? extends org.tensorflow.types.family.TType>>();
            values.put("kernel/.ATTRIBUTES/VARIABLE_VALUE", kernel);
            values.put("copies/kernel", kernel);
            values.put("bias/.ATTRIBUTES/VARIABLE_VALUE", tf.constant(new float[] {.5f, -.5f}));
            values.put("_CHECKPOINTABLE_OBJECT_GRAPH", tf.constantOf(objects));
            SmallModel.writeCheckpoint(directory, values, tf, session);
        }
        return directory;
    }

    private static MetaGraphDef functions() {
        var nodes = new ArrayList<>(List.of(
                placeholder("images", -1, 4, 4, 1),
                variable("kernel", 3, 3, 1, 2),
                variable("bias", 2),
                node(
                        "call",
                        "StatefulPartitionedCall",
                        Map.of(
                                "f", GraphText.function("serve"),
                                "Tin", types(DataType.DT_FLOAT, DataType.DT_RESOURCE, DataType.DT_RESOURCE),
                                "Tout", GraphText.floats(1)),
                        "images",
                        "kernel",
                        "bias")));
        nodes.addAll(SmallModel.restore(
                new TreeMap<>(Map.of("bias", "bias/.ATTRIBUTES/VARIABLE_VALUE", "kernel", "copies/kernel"))));
        var metaGraph = SmallModel.metaGraph(
                        GraphText.graph(List.of(serve(), convolve(), pool()), nodes.toArray(NodeDef[]::new)))
                .setSaverDef(SmallModel.saver())
                .putSignatureDef(
                        "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", "call:0")));
        metaGraph
                .getObjectGraphDefBuilder()
                .addNodes(
                        SavedObject.newBuilder().addChildren(child("kernel", 1)).addChildren(child("bias", 2)))
                .addNodes(object("kernel"))
                .addNodes(object("bias"))
                .putConcreteFunctions(
                        "serve",
                        SavedConcreteFunction.newBuilder()
                                .addBoundInputs(1)
                                .addBoundInputs(2)
                                .build());
        return metaGraph.build();
    }

    private static FunctionDef serve() {
        return signature("serve", DataType.DT_FLOAT, DataType.DT_RESOURCE, DataType.DT_RESOURCE)
                .addNodeDef(node(
                        "conv",
                        "PartitionedCall",
                        Map.of(
                                "f", GraphText.function("convolve"),
                                "Tin", types(DataType.DT_FLOAT, DataType.DT_RESOURCE, DataType.DT_RESOURCE),
                                "Tout", GraphText.floats(1)),
                        "a0",
                        "a1",
                        "a2"))
                .addNodeDef(node("dropped", "Identity", "conv:output:0"))
                .addNodeDef(GraphText.call("pool", "pool", 1, 1, "dropped:output:0"))
                .addNodeDef(node("softmax", "Softmax", "pool:output:0"))
                .putRet("y", "softmax:softmax:0")
                .build();
    }

    private static FunctionDef convolve() {
        return signature("convolve", DataType.DT_FLOAT, DataType.DT_RESOURCE, DataType.DT_RESOURCE)
                .addNodeDef(SmallModel.read("kernel/read", "a1"))
                .addNodeDef(node(
                        "conv",
                        "Conv2D",
                        Map.of("strides", GraphText.integers(1, 1, 1, 1), "padding", GraphText.string("SAME")),
                        "a0",
                        "kernel/read:value:0"))
                .addNodeDef(SmallModel.read("bias/read", "a2"))
                .addNodeDef(node("biased", "BiasAdd", "conv:output:0", "bias/read:value:0"))
                .addNodeDef(node("relu", "Relu", "biased:output:0"))
                .addNodeDef(node("sigmoid", "Sigmoid", "relu:activations:0"))
                .addNodeDef(node("swish", "Mul", "relu:activations:0", "sigmoid:y:0"))
                .addNodeDef(node(
                        "identities", "IdentityN", Map.of("T", GraphText.floats(2)), "swish:z:0", "relu:activations:0"))
                .putRet("y", "identities:output:0")
                .build();
    }

    private static FunctionDef pool() {
        return signature("pool", DataType.DT_FLOAT)
                .addNodeDef(constant("axes", ints(1, 2)))
                .addNodeDef(node("mean", "Mean", Map.of("Tidx", type(DataType.DT_INT32)), "a0", "axes:output:0"))
                .putRet("y", "mean:output:0")
                .build();
    }

    private static FunctionDef.Builder signature(String name, DataType... arguments) {
        var signature = OpDef.newBuilder().setName(name);
        for (int i = 0; i < arguments.length; i++) {
            signature.addInputArg(OpDef.ArgDef.newBuilder().setName("a" + i).setType(arguments[i]));
        }
        signature.addOutputArg(OpDef.ArgDef.newBuilder().setName("y").setType(DataType.DT_FLOAT));
        return FunctionDef.newBuilder().setSignature(signature);
    }

    private static SavedObject object(String name) {
        return SavedObject.newBuilder()
                .setVariable(SavedVariable.newBuilder().setName(name).setTrainable(true))
                .build();
    }

    private static TrackableObjectGraph storedObjects() {
        return TrackableObjectGraph.newBuilder()
                .addNodes(TrackableObject.newBuilder()
                        .addChildren(child("kernel", 1))
                        .addChildren(child("bias", 2)))
                .addNodes(stored("kernel"))
                .addNodes(stored("bias"))
                .build();
    }

    private static TrackableObject.Builder stored(String name) {
        return TrackableObject.newBuilder()
                .addAttributes(TrackableObject.SerializedTensor.newBuilder()
                        .setName("VARIABLE_VALUE")
                        .setCheckpointKey(name + "/.ATTRIBUTES/VARIABLE_VALUE"));
    }

    private static TrackableObject.ObjectReference.Builder child(String name, int node) {
        return TrackableObject.ObjectReference.newBuilder().setLocalName(name).setNodeId(node);
    }

    private static AttrValue types(DataType... types) {
        return AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addAllType(List.of(types)))
                .build();
    }
}
