package sckd.savedmodel;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;
import sckd.files.AtomicDirectory;

/**
 * Writes a graph that was built in Java as a SavedModel that TensorFlow Serving, {@code tf.saved_model.load}, Keras' {@code TFSMLayer} and
 * {@code SavedModelBundle} load: tag {@code serve}, the given signatures, a saver of its own, the variables' collections.
 */
public final class SavedModelWriter {
    private SavedModelWriter() {}

    /**
     * A model to write.
     *
     * @param graph holds the program; the saver's ops are added to it
     * @param variables all of the graph's, in the order in which loaders are to list them
     * @param signatures by name
     */
    public record Source(
            Graph graph, List<SavedVariable> variables, Map<String, GraphSignature> signatures, ModelCard card) {}

    /**
     * Writes program, initial values and card. The same source gives the same bytes. Written beside the target and renamed: a crash leaves
     * no half model.
     *
     * @throws sckd.UserException if {@code target} exists and is not an empty directory, or cannot be written
     */
    public static void write(Source source, Path target) {
        var saver = Saver.build(Ops.create(source.graph()), source.variables());
        AtomicDirectory.write(target, directory -> {
            writeProgram(source, saver, directory.resolve("saved_model.pb"));
            writeVariables(source, saver, directory.resolve("variables"));
            source.card().write(directory);
        });
    }

    private static void writeProgram(Source source, Saver saver, Path file) throws IOException {
        var metaGraph = MetaGraphDef.newBuilder()
                .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder()
                        .addTags("serve")
                        .setTensorflowVersion(TensorFlow.version()))
                .setGraphDef(source.graph().toGraphDef())
                .setSaverDef(saver.toSaverDef())
                .putCollectionDef("variables", collect(source.variables()))
                .putCollectionDef(
                        "trainable_variables",
                        collect(source.variables().stream()
                                .filter(SavedVariable::trainable)
                                .toList()));
        source.signatures().forEach((name, signature) -> metaGraph.putSignatureDef(name, signature.toSignatureDef()));
        try (var stream = Files.newOutputStream(file)) {
            var output = CodedOutputStream.newInstance(stream);
            output.useDeterministicSerialization(); // maps in the order of their keys: equal models have equal bytes
            SavedModel.newBuilder()
                    .setSavedModelSchemaVersion(1)
                    .addMetaGraphs(metaGraph)
                    .build()
                    .writeTo(output);
            output.flush();
        }
    }

    private static CollectionDef collect(List<SavedVariable> variables) {
        var definitions = CollectionDef.BytesList.newBuilder();
        variables.forEach(each -> definitions.addValue(each.toVariableDef().toByteString()));
        return CollectionDef.newBuilder().setBytesList(definitions).build();
    }

    /** Sets the variables in a session and lets the program save itself, by the very ops that it will be restored by. */
    private static void writeVariables(Source source, Saver saver, Path directory) throws IOException {
        Files.createDirectory(directory);
        // Nothing is computed here: a GPU would be filled up for the sake of a copy.
        var onHost = ConfigProto.newBuilder().putDeviceCount("GPU", 0).build();
        try (var session = new Session(source.graph(), onHost)) {
            assign(session, source.variables());
            saver.run(session, directory.resolve("variables"));
        }
    }

    /** In one run: TensorFlow prepares each new set of targets anew, which takes time that grows with the graph. */
    private static void assign(Session session, List<SavedVariable> variables) {
        var tensors = new ArrayList<TFloat32>();
        try {
            var runner = session.runner();
            for (var each : variables) {
                var values = DataBuffers.of(each.initialValue().get());
                var tensor = TFloat32.tensorOf(each.variable().shape(), values);
                tensors.add(tensor);
                runner.feed(each.initialValueFeed(), tensor).addTarget(each.assign());
            }
            try (var result = runner.run()) {
                // the variables' values are what was wanted
            }
        } finally {
            tensors.forEach(TFloat32::close);
        }
    }
}
