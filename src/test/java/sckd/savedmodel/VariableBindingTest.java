package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
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
import org.tensorflow.types.family.TType;
import sckd.UserException;

/** A model of functions whose one variable is the handle {@code kernel_1}, captured by the signature's call. */
class VariableBindingTest {
    private static final String OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH";

    @TempDir
    Path directory;

    /** As Keras 3 exports: one copy is restored into the handle, the other belongs to the object behind it. */
    @Test
    void findsBothKeysOfAVariableThatIsWrittenTwice() {
        write(model(true, true), storedObjects("variables/0/.ATTRIBUTES/VARIABLE_VALUE"));

        assertThat(ClassifierModel.read(directory).variables())
                .containsExactly(new ModelVariable(
                        "kernel_1",
                        DataType.DT_FLOAT,
                        Shape.of(2),
                        true,
                        List.of("_all_variables/0", "variables/0/.ATTRIBUTES/VARIABLE_VALUE")));
    }

    /** As {@code tf.saved_model.save} of a Keras 3 model: the restore assigns only handles that the signature does not read. */
    @Test
    void theObjectsAloneBindAVariable() {
        write(model(false, true), storedObjects("variables/0/.ATTRIBUTES/VARIABLE_VALUE"));

        assertThat(ClassifierModel.read(directory).variables())
                .flatExtracting(ModelVariable::keys)
                .containsExactly("variables/0/.ATTRIBUTES/VARIABLE_VALUE");
    }

    /** As Keras 3 models are that {@code tf.saved_model.save} wrote: the restore fills handles that the signature does not read. */
    @Test
    void whatTheRestoreLeavesOutIsRestoredByItsObject() {
        write(model(false, true), storedObjects("variables/0/.ATTRIBUTES/VARIABLE_VALUE"));
        var model = ClassifierModel.read(directory);
        var checkpoint = directory.resolve("trained");
        TrainedCheckpoint.write(model, checkpoint);

        assertThatCode(() -> ExportCheck.check(directory, model, checkpoint, "student"))
                .doesNotThrowAnyException();
        assertThat(model.notes())
                .containsExactly(
                        "TensorFlow Serving and SavedModelBundle do not take this model: its own restore leaves out"
                                + " 'kernel_1'. tf.saved_model.load in Python does.");
    }

    @Test
    void oneKeyFromBothSidesCountsOnce() {
        write(model(true, true), storedObjects("_all_variables/0"));

        assertThat(ClassifierModel.read(directory).variables())
                .flatExtracting(ModelVariable::keys)
                .containsExactly("_all_variables/0");
    }

    @Test
    void theObjectSaysWhetherAVariableIsTrainable() {
        write(model(true, false), storedObjects("_all_variables/0"));

        assertThat(ClassifierModel.read(directory).variables())
                .extracting(ModelVariable::trainable)
                .containsExactly(false);
    }

    /** As Keras saves {@code layer.trainable = False}: the variable still says that it is trainable. */
    @Test
    void aVariableThatAModelDoesNotListAsTrainableIsFrozen() {
        var listed = model(true, true).toBuilder();
        list(listed, 0, "variables", 2);
        list(listed, 0, "trainable_variables");
        write(listed.build(), storedObjects("_all_variables/0"));

        assertThat(ClassifierModel.read(directory).variables())
                .extracting(ModelVariable::trainable)
                .containsExactly(false);
    }

    /** A layer may be trainable by itself, in a model that is not. */
    @Test
    void theListsOfAModelCountMoreThanThoseOfItsLayers() {
        var listed = model(true, true).toBuilder();
        list(listed, 0, "variables", 2);
        list(listed, 0, "trainable_variables", 2);
        list(listed, 1, "variables", 2);
        list(listed, 1, "trainable_variables");
        write(listed.build(), storedObjects("_all_variables/0"));

        assertThat(ClassifierModel.read(directory).variables())
                .extracting(ModelVariable::trainable)
                .containsExactly(true);
    }

    /** Adds an object with these children to the children of another. */
    private static void list(MetaGraphDef.Builder model, int object, String name, int... children) {
        var objects = model.getObjectGraphDefBuilder();
        objects.getNodesBuilder(object).addChildren(child(name, objects.getNodesCount()));
        var list = SavedObject.newBuilder();
        for (int i = 0; i < children.length; i++) {
            list.addChildren(child(String.valueOf(i), children[i]));
        }
        objects.addNodes(list);
    }

    /** The checkpoint's objects may be numbered otherwise: the names that lead to them count. */
    @Test
    void objectsAreMatchedByTheirNames() {
        var stored = TrackableObjectGraph.newBuilder()
                .addNodes(TrackableObject.newBuilder().addChildren(child("model", 2)))
                .addNodes(TrackableObject.newBuilder().addAttributes(attribute("_all_variables/0")))
                .addNodes(TrackableObject.newBuilder()
                        .addChildren(child("other", 1))
                        .addChildren(child("kernel", 3)))
                .addNodes(TrackableObject.newBuilder()
                        .addAttributes(attribute("variables/0/.ATTRIBUTES/VARIABLE_VALUE")));
        write(model(false, true), stored.build());

        assertThat(ClassifierModel.read(directory).variables())
                .flatExtracting(ModelVariable::keys)
                .containsExactly("variables/0/.ATTRIBUTES/VARIABLE_VALUE");
    }

    /** The restore binds it then, and the program's own objects say whether it is trainable. */
    @Test
    void aCheckpointMayBeWithoutObjects() {
        SmallModel.write(directory, model(true, false));
        SmallModel.writeFloats(directory, Map.of("_all_variables/0", new float[] {1, 2}));

        assertThat(ClassifierModel.read(directory).variables())
                .containsExactly(new ModelVariable(
                        "kernel_1", DataType.DT_FLOAT, Shape.of(2), false, List.of("_all_variables/0")));
    }

    @Test
    void objectsThatAreNoObjectsAreRefused() {
        SmallModel.write(directory, model(true, true));
        writeCheckpoint(new byte[] {1, 2, 3});

        assertThatThrownBy(() -> ClassifierModel.read(directory))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("variables/variables") + ": '" + OBJECTS
                        + "' is damaged: it cannot be parsed as a protobuf");
    }

    private void write(MetaGraphDef model, TrackableObjectGraph stored) {
        SmallModel.write(directory, model);
        writeCheckpoint(stored.toByteArray());
    }

    private void writeCheckpoint(byte[] objects) {
        try (var graph = new Graph();
                var session = new Session(graph);
                var bytes = TString.tensorOfBytes(NdArrays.scalarOfObject(objects))) {
            var tf = Ops.create(graph);
            var values = new TreeMap<String, Operand<? extends TType>>();
            values.put("_all_variables/0", tf.constant(new float[] {1, 2}));
            values.put("variables/0/.ATTRIBUTES/VARIABLE_VALUE", tf.constant(new float[] {1, 2}));
            values.put(OBJECTS, tf.constantOf(bytes));
            SmallModel.writeCheckpoint(directory, values, tf, session);
        }
    }

    /** Objects: 0 the root, 1 its child {@code model}, 2 the variable, that one's child {@code kernel}. */
    private static TrackableObjectGraph storedObjects(String key) {
        return TrackableObjectGraph.newBuilder()
                .addNodes(TrackableObject.newBuilder().addChildren(child("model", 1)))
                .addNodes(TrackableObject.newBuilder().addChildren(child("kernel", 2)))
                .addNodes(TrackableObject.newBuilder().addAttributes(attribute(key)))
                .build();
    }

    private static TrackableObject.ObjectReference.Builder child(String name, int node) {
        return TrackableObject.ObjectReference.newBuilder().setLocalName(name).setNodeId(node);
    }

    private static TrackableObject.SerializedTensor.Builder attribute(String key) {
        return TrackableObject.SerializedTensor.newBuilder()
                .setName("VARIABLE_VALUE")
                .setCheckpointKey(key);
    }

    private static MetaGraphDef model(boolean restoresTheHandle, boolean trainable) {
        var nodes = new ArrayList<>(List.of(
                placeholder("images", -1, 4, 4, 1),
                variable("kernel", 2),
                variable("kernel_1", 2),
                node(
                        "call",
                        "StatefulPartitionedCall",
                        Map.of(
                                "f", GraphText.function("inference"),
                                "Tin", types(DataType.DT_FLOAT, DataType.DT_RESOURCE),
                                "Tout", GraphText.floats(1)),
                        "images",
                        "kernel_1")));
        nodes.addAll(SmallModel.restore(Map.of(restoresTheHandle ? "kernel_1" : "kernel", "_all_variables/0")));
        var metaGraph = SmallModel.metaGraph(GraphText.graph(List.of(inference()), nodes.toArray(NodeDef[]::new)))
                .setSaverDef(SmallModel.saver())
                .putSignatureDef(
                        "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", "call:0")));
        var kernel = SavedVariable.newBuilder().setName("kernel").setTrainable(trainable);
        metaGraph
                .getObjectGraphDefBuilder()
                .addNodes(SavedObject.newBuilder().addChildren(child("model", 1)))
                .addNodes(SavedObject.newBuilder().addChildren(child("kernel", 2)))
                .addNodes(SavedObject.newBuilder().setVariable(kernel))
                .putConcreteFunctions(
                        "inference",
                        SavedConcreteFunction.newBuilder().addBoundInputs(2).build());
        return metaGraph.build();
    }

    /** Sums 8 pixels at a time, times the kernel. */
    private static FunctionDef inference() {
        return FunctionDef.newBuilder()
                .setSignature(OpDef.newBuilder()
                        .setName("inference")
                        .addInputArg(OpDef.ArgDef.newBuilder().setName("x").setType(DataType.DT_FLOAT))
                        .addInputArg(OpDef.ArgDef.newBuilder().setName("w").setType(DataType.DT_RESOURCE))
                        .addOutputArg(OpDef.ArgDef.newBuilder().setName("y").setType(DataType.DT_FLOAT)))
                .addNodeDef(constant("shape", ints(-1, 8, 2)))
                .addNodeDef(node("parts", "Reshape", "x", "shape:output:0"))
                .addNodeDef(constant("axis", ints(1)))
                .addNodeDef(
                        node("sums", "Sum", Map.of("Tidx", type(DataType.DT_INT32)), "parts:output:0", "axis:output:0"))
                .addNodeDef(SmallModel.read("read", "w"))
                .addNodeDef(node("product", "Mul", "sums:output:0", "read:value:0"))
                .putRet("y", "product:z:0")
                .build();
    }

    private static AttrValue types(DataType... types) {
        return AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addAllType(List.of(types)))
                .build();
    }
}
