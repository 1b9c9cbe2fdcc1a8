package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReadVariableOp;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;

/**
 * A small model under construction in a test: a flat graph, its variables' values, and in the end the SavedModel on disk together with the
 * record that reading it would give.
 */
final class ModelSketch implements AutoCloseable {
    static final String INPUT = "images";
    /** A graph of one object that has nothing, as a protobuf. */
    static final String OBJECTS = "\n\0";

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final List<ModelVariable> variables = new ArrayList<>();
    private final Map<String, Operand<?>> checkpoint = new LinkedHashMap<>();
    private final Map<String, Operand<?>> handles = new LinkedHashMap<>();
    private final Map<String, TensorName> features = new LinkedHashMap<>();
    private final Map<String, SignatureDef> signatures = new LinkedHashMap<>();
    private Optional<Float> momentum = Optional.empty();
    private Shape inputShape;
    private DataType inputType;

    ModelSketch() {
        alsoInCheckpoint("_CHECKPOINTABLE_OBJECT_GRAPH", tf.constant(OBJECTS));
    }

    Ops tf() {
        return tf;
    }

    /** The handle of a variable that is there. */
    Operand<? extends TType> handle(String name) {
        return (Operand<? extends TType>) handles.get(name);
    }

    /** What is there so far. */
    GraphDef graphDef() {
        return graph.toGraphDef();
    }

    Operand<TFloat32> images(long... shape) {
        return images(TFloat32.class, shape);
    }

    <T extends TType> Operand<T> images(Class<T> type, long... shape) {
        inputShape = Shape.of(shape);
        var placeholder = tf.withName(INPUT).placeholder(type, Placeholder.shape(inputShape));
        inputType = placeholder.output().dataType();
        return placeholder;
    }

    /** Ops whose names begin with {@code layer/}. */
    Ops layer(String layer) {
        return tf.withSubScope(layer);
    }

    Operand<TFloat32> variable(Ops layer, String name, boolean trainable, Shape shape, float... values) {
        return variable(layer, name, trainable, shape, floats(shape, values), TFloat32.class, DataType.DT_FLOAT);
    }

    /** Its keys are {@code handle/.VALUE} and {@code copies/handle/.VALUE}. */
    <T extends TType> Operand<T> variable(
            Ops layer, String name, boolean trainable, Shape shape, Operand<T> value, Class<T> type, DataType dtype) {
        // without shared names all variables would be one
        var handle = VarHandleOp.create(
                layer.scope().withName(name), type, shape, VarHandleOp.sharedName("variable" + variables.size()));
        var handleName = handle.op().name();
        var keys = List.of(handleName + "/.VALUE", "copies/" + handleName + "/.VALUE");
        keys.forEach(key -> checkpoint.put(key, value));
        variables.add(new ModelVariable(handleName, dtype, shape, trainable, keys));
        handles.put(handleName, handle);
        return ReadVariableOp.create(layer.scope().withName(name + ".read"), handle, type);
    }

    Operand<TFloat32> floats(Shape shape, float... values) {
        return tf.constant(shape, DataBuffers.of(values));
    }

    /** An entry of the checkpoint that no variable of the graph is bound to. */
    void alsoInCheckpoint(String key, Operand<?> value) {
        checkpoint.put(key, value);
    }

    void feature(String layer, Operand<?> tensor) {
        features.put(layer, name(tensor));
    }

    /** One more signature of the written program, with one float output {@code output}. */
    void sign(String name, List<Operand<?>> inputs, Operand<?> output) {
        var signature = SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
        inputs.forEach(input -> signature.putInputs(input.op().name(), info(input)));
        signatures.put(name, signature.putOutputs("output", info(output)).build());
    }

    private static TensorInfo info(Operand<?> tensor) {
        return TensorInfo.newBuilder()
                .setName(name(tensor).toString())
                .setDtype(tensor.asOutput().dataType())
                .setTensorShape(Shapes.toProto(tensor.shape()))
                .build();
    }

    void momentum(float value) {
        momentum = Optional.of(value);
    }

    /** Writes the SavedModel and closes the sketch. */
    ClassifierModel write(Path directory, Operand<?> logits, Map<String, Operand<?>> outputs) {
        try (this) {
            Files.createDirectories(directory.resolve("variables"));
            var flat = graph.toGraphDef();
            writeVariables(directory);
            if (!variables.isEmpty()) { // only such a program is ever loaded
                writeProgram(directory, outputs);
            }
            var outputNames = ImmutableMap.<String, TensorName>builder();
            outputs.forEach((name, tensor) -> outputNames.put(name, name(tensor)));
            return new ClassifierModel(
                    directory,
                    flat,
                    new ModelInput(INPUT, inputType, inputShape),
                    name(logits),
                    outputNames.build(),
                    features,
                    variables,
                    ModelCard.EMPTY,
                    momentum.map(ModelSettings.NONE::withBatchNormMomentum).orElse(ModelSettings.NONE),
                    TrainingMode.UNKNOWN,
                    List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeVariables(Path directory) {
        var bundle = new TensorBundle(directory.resolve("variables/variables"));
        var save = bundle.buildSave(tf, List.copyOf(checkpoint.keySet()), List.copyOf(checkpoint.values()));
        try (var session = new Session(graph)) {
            SessionRuns.run(session, List.of(save));
        }
    }

    /** The program restores each variable from its first key, as a loader expects. */
    private void writeProgram(Path directory, Map<String, Operand<?>> outputs) throws IOException {
        var saver = tf.withSubScope("saver");
        var file = saver.withName("file").placeholder(TString.class);
        var restore = saver.scope()
                .opBuilder("RestoreV2", "Restore")
                .addInput(file.asOutput())
                .addInput(
                        saver.array(variables.stream().map(v -> v.keys().get(0)).toArray(String[]::new))
                                .asOutput())
                .addInput(saver.array(Collections.nCopies(variables.size(), "").toArray(String[]::new))
                        .asOutput())
                .setAttr("dtypes", variables.stream().map(ModelVariable::dtype).toArray(DataType[]::new))
                .build();
        var assigns = new ArrayList<AssignVariableOp>();
        for (int i = 0; i < variables.size(); i++) {
            var handle = handles.get(variables.get(i).handle());
            assigns.add(AssignVariableOp.create(saver.scope(), (Operand<? extends TType>) handle, restore.output(i)));
        }
        var restored = NoOp.create(
                saver.withControlDependencies(new ArrayList<>(assigns)).scope());
        var signature = SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
        signature.putInputs(
                "images",
                TensorInfo.newBuilder()
                        .setName(INPUT + ":0")
                        .setDtype(inputType)
                        .setTensorShape(Shapes.toProto(inputShape))
                        .build());
        outputs.forEach((name, tensor) -> signature.putOutputs(
                name,
                TensorInfo.newBuilder()
                        .setName(name(tensor).toString())
                        .setDtype(tensor.asOutput().dataType())
                        .setTensorShape(Shapes.toProto(tensor.shape()))
                        .build()));
        var metaGraph = MetaGraphDef.newBuilder()
                .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
                .setGraphDef(graph.toGraphDef())
                .setSaverDef(SaverDef.newBuilder()
                        .setFilenameTensorName(file.op().name() + ":0")
                        .setSaveTensorName("unused")
                        .setRestoreOpName(restored.op().name())
                        .setVersion(SaverDef.CheckpointFormatVersion.V2))
                .putCollectionDef("trainable_variables", trainable())
                .putAllSignatureDef(signatures)
                .putSignatureDef("serving_default", signature.build());
        var model = SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(metaGraph);
        Files.write(directory.resolve("saved_model.pb"), model.build().toByteArray());
    }

    private CollectionDef trainable() {
        var names = CollectionDef.BytesList.newBuilder();
        variables.stream()
                .filter(ModelVariable::trainable)
                .map(variable -> VariableDef.newBuilder().setVariableName(variable.handle() + ":0"))
                .forEach(variable -> names.addValue(variable.build().toByteString()));
        return CollectionDef.newBuilder().setBytesList(names).build();
    }

    static TensorName name(Operand<?> tensor) {
        return new TensorName(tensor.op().name(), tensor.asOutput().index());
    }

    @Override
    public void close() {
        graph.close();
    }
}
