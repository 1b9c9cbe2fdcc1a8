package sckd.savedmodel;

import static sckd.savedmodel.GraphText.call;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.function;
import static sckd.savedmodel.GraphText.graph;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;
import static sckd.savedmodel.GraphText.variable;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedUserObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.Struct.NamedTupleValue;
import org.tensorflow.proto.Struct.NoneValue;
import org.tensorflow.proto.Struct.PairValue;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;
import org.tensorflow.proto.Struct.TupleValue;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/**
 * A model for tests as Keras 2 saves it: images {@code [?, 4, 4, 1]}, their mean {@code [?, 1]} less {@code moving_mean} [1], over the root of
 * {@code moving_variance} [1] and .001, and that beside its double. The signature calls {@code infer}; the root's {@code __call__} is {@code infer} for inference and
 * {@code train} for training, which moves the mean to that of the batch.
 */
final class KerasModel {
    private static final String INFER = "infer";
    private static final String TRAIN = "train";
    /** The objects by their numbers. */
    static final int LAYER = 1;

    private static final int MEAN = 2;
    private static final int VARIANCE = 3;
    private static final int CALL = 4;

    /** What the functions of the objects are saved for, as Keras 2 has them; a test may take others. */
    StructuredValue trainingArguments = tuple(tuple(images(), bool(true), none()), tuple());

    String argument = "training";
    String layerMetadata = "";

    /** Writes the model and its checkpoint. */
    Path write(Path directory) {
        SmallModel.write(directory, metaGraph());
        SmallModel.writeFloats(directory, Map.of("mean", new float[] {3}, "variance", new float[] {1}));
        return directory;
    }

    /** Writes the JSON of objects as Keras does since TensorFlow 2.5. */
    static void writeMetadata(Path directory, Map<Integer, String> json) {
        var bytes = new ByteArrayOutputStream();
        json.forEach((number, text) -> {
            var object = UnknownFieldSet.newBuilder()
                    .addField(
                            2,
                            UnknownFieldSet.Field.newBuilder().addVarint(number).build())
                    .addField(3, text("root.layer"))
                    .addField(5, text(text))
                    .build();
            var nodes = UnknownFieldSet.Field.newBuilder().addLengthDelimited(object.toByteString());
            bytes.writeBytes(UnknownFieldSet.newBuilder()
                    .addField(1, nodes.build())
                    .build()
                    .toByteArray());
        });
        try {
            Files.write(directory.resolve("keras_metadata.pb"), bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UnknownFieldSet.Field text(String text) {
        return UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(ByteString.copyFromUtf8(text))
                .build();
    }

    MetaGraphDef metaGraph() {
        var nodes = new ArrayList<>(List.of(
                placeholder("images", -1, 4, 4, 1),
                variable("layer/moving_mean", 1),
                variable("layer/moving_variance", 1),
                resources(call("call", INFER, 3, 1, "images", "layer/moving_mean", "layer/moving_variance"))));
        nodes.addAll(SmallModel.restore(
                new TreeMap<>(Map.of("layer/moving_mean", "mean", "layer/moving_variance", "variance"))));
        return SmallModel.metaGraph(graph(List.of(infer(), train()), nodes.toArray(NodeDef[]::new)))
                .setSaverDef(SmallModel.saver())
                .setObjectGraphDef(objects())
                .putSignatureDef(
                        "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", "call:0")))
                .build();
    }

    private static NodeDef resources(NodeDef call) {
        var types = call.getAttrOrThrow("Tin").toBuilder();
        types.getListBuilder().setType(1, DataType.DT_RESOURCE).setType(2, DataType.DT_RESOURCE);
        return call.toBuilder().putAttr("Tin", types.build()).build();
    }

    private static FunctionDef infer() {
        var nodes = new ArrayList<>(pooled());
        nodes.add(SmallModel.read("mean", "moving_mean"));
        nodes.addAll(normalised("mean:value:0"));
        return withResources(function(INFER, arguments(), List.of("both:output:0"), nodes.toArray(NodeDef[]::new)));
    }

    private static FunctionDef train() {
        var nodes = new ArrayList<>(pooled());
        nodes.add(constant("first", GraphText.ints(0)));
        nodes.add(node("batch", "Mean", Map.of("Tidx", type(DataType.DT_INT32)), "pool:output:0", "first:output:0"));
        nodes.add(node("assign", "AssignVariableOp", "moving_mean", "batch:output:0"));
        nodes.addAll(normalised("batch:output:0"));
        return withResources(function(TRAIN, arguments(), List.of("both:output:0"), nodes.toArray(NodeDef[]::new)))
                .toBuilder()
                .putControlRet("assign", "assign")
                .build();
    }

    private static List<String> arguments() {
        return List.of("x", "moving_mean", "moving_variance");
    }

    private static FunctionDef withResources(FunctionDef function) {
        var changed = function.toBuilder();
        for (int i = 1; i <= 2; i++) {
            changed.getSignatureBuilder().getInputArgBuilder(i).setType(DataType.DT_RESOURCE);
        }
        return changed.build();
    }

    private static List<NodeDef> pooled() {
        return List.of(
                constant("axes", GraphText.ints(1, 2)),
                node("pool", "Mean", Map.of("Tidx", type(DataType.DT_INT32)), "x", "axes:output:0"));
    }

    private static List<NodeDef> normalised(String mean) {
        return List.of(
                SmallModel.read("variance", "moving_variance"),
                constant("epsilon", GraphText.floatScalar(.001f)),
                node("sum", "AddV2", "variance:value:0", "epsilon:output:0"),
                node("root", "Sqrt", "sum:z:0"),
                node("centred", "Sub", "pool:output:0", mean),
                node("normal", "RealDiv", "centred:z:0", "root:y:0"),
                node("double", "AddV2", "normal:z:0", "normal:z:0"),
                constant("last", GraphText.intScalar(1)),
                node(
                        "both",
                        "ConcatV2",
                        Map.of("N", GraphText.integer(2), "Tidx", type(DataType.DT_INT32)),
                        "normal:z:0",
                        "double:z:0",
                        "last:output:0"));
    }

    @SuppressWarnings("deprecation") // as models have it that are older than keras_metadata.pb
    private SavedObjectGraph objects() {
        var user = SavedUserObject.newBuilder().setIdentifier("_tf_keras_layer");
        var spec = FunctionSpec.newBuilder()
                .setFullargspec(StructuredValue.newBuilder()
                        .setNamedTupleValue(NamedTupleValue.newBuilder()
                                .addValues(PairValue.newBuilder()
                                        .setKey("args")
                                        .setValue(tuple(string("inputs"), string(argument), string("mask"))))));
        var function = SavedFunction.newBuilder()
                .addConcreteFunctions(INFER)
                .addConcreteFunctions(TRAIN)
                .setFunctionSpec(spec);
        return SavedObjectGraph.newBuilder()
                .addNodes(SavedObject.newBuilder()
                        .setUserObject(user)
                        .addChildren(child("layer", LAYER))
                        .addChildren(child("__call__", CALL)))
                .addNodes(SavedObject.newBuilder()
                        .setUserObject(user.clone().setMetadata(layerMetadata))
                        .addChildren(child("moving_mean", MEAN))
                        .addChildren(child("moving_variance", VARIANCE)))
                .addNodes(SavedObject.newBuilder().setVariable(savedVariable()))
                .addNodes(SavedObject.newBuilder().setVariable(savedVariable()))
                .addNodes(SavedObject.newBuilder().setFunction(function))
                .putConcreteFunctions(INFER, concrete(tuple(tuple(images(), bool(false), none()), tuple())))
                .putConcreteFunctions(TRAIN, concrete(trainingArguments))
                .build();
    }

    private static SavedVariable.Builder savedVariable() {
        return SavedVariable.newBuilder().setDtype(DataType.DT_FLOAT).setShape(GraphText.shapeProto(1));
    }

    private static ObjectReference child(String name, int object) {
        return ObjectReference.newBuilder().setLocalName(name).setNodeId(object).build();
    }

    private static SavedConcreteFunction concrete(StructuredValue arguments) {
        return SavedConcreteFunction.newBuilder()
                .addBoundInputs(MEAN)
                .addBoundInputs(VARIANCE)
                .setCanonicalizedInputSignature(arguments)
                .setOutputSignature(spec(-1, 2))
                .build();
    }

    static StructuredValue images() {
        return spec(-1, 4, 4, 1);
    }

    private static StructuredValue spec(long... shape) {
        return StructuredValue.newBuilder()
                .setTensorSpecValue(
                        TensorSpecProto.newBuilder().setDtype(DataType.DT_FLOAT).setShape(GraphText.shapeProto(shape)))
                .build();
    }

    static StructuredValue tuple(StructuredValue... values) {
        return StructuredValue.newBuilder()
                .setTupleValue(TupleValue.newBuilder().addAllValues(List.of(values)))
                .build();
    }

    static StructuredValue bool(boolean value) {
        return StructuredValue.newBuilder().setBoolValue(value).build();
    }

    static StructuredValue none() {
        return StructuredValue.newBuilder()
                .setNoneValue(NoneValue.getDefaultInstance())
                .build();
    }

    private static StructuredValue string(String value) {
        return StructuredValue.newBuilder().setStringValue(value).build();
    }
}
