package sckd.savedmodel;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
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
     * @param graph holds the program; initializers and saver are added to it
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
        var tf = Ops.create(source.graph());
        var initializers = source.variables().stream()
                .map(each -> Initializer.build(tf, each))
                .toList();
        var saver = Saver.build(tf, source.variables());
        var program = buildProgram(source, initializers, saver);
        AtomicDirectory.write(target, directory -> {
            writeProgram(program, directory.resolve("saved_model.pb"));
            writeVariables(source.graph(), initializers, saver, directory.resolve("variables"));
            source.card().write(directory);
        });
    }

    private static SavedModel buildProgram(Source source, List<Initializer> initializers, Saver saver) {
        var metaGraph = MetaGraphDef.newBuilder()
                .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder()
                        .addTags("serve")
                        .setTensorflowVersion(TensorFlow.version()))
                .setGraphDef(source.graph().toGraphDef())
                .setSaverDef(saver.toSaverDef())
                .putCollectionDef("variables", collect(initializers.stream()))
                .putCollectionDef(
                        "trainable_variables", collect(initializers.stream().filter(each -> each.variable()
                                .trainable())));
        source.signatures().forEach((name, signature) -> metaGraph.putSignatureDef(name, signature.toSignatureDef()));
        return SavedModel.newBuilder()
                .setSavedModelSchemaVersion(1)
                .addMetaGraphs(metaGraph)
                .build();
    }

    private static CollectionDef collect(Stream<Initializer> initializers) {
        var definitions = CollectionDef.BytesList.newBuilder();
        initializers.forEach(each -> definitions.addValue(each.toVariableDef().toByteString()));
        return CollectionDef.newBuilder().setBytesList(definitions).build();
    }

    private static void writeProgram(SavedModel program, Path file) throws IOException {
        try (var stream = Files.newOutputStream(file)) {
            var output = CodedOutputStream.newInstance(stream);
            output.useDeterministicSerialization(); // maps in the order of their keys: equal models have equal bytes
            program.writeTo(output);
            output.flush();
        }
    }

    /** Sets the variables in a session and lets the program save itself, by its own saver. */
    private static void writeVariables(Graph graph, List<Initializer> initializers, Saver saver, Path directory)
            throws IOException {
        Files.createDirectory(directory);
        // Nothing is computed here: a GPU would be filled up for the sake of a copy.
        var onHost = ConfigProto.newBuilder().putDeviceCount("GPU", 0).build();
        try (var session = new Session(graph, onHost)) {
            runAll(session, initializers);
            saver.run(session, directory.resolve("variables"));
        }
    }

    /** In one run: TensorFlow prepares each new set of targets anew, which takes time that grows with the graph. */
    private static void runAll(Session session, List<Initializer> initializers) {
        var tensors = new ArrayList<Tensor>();
        try {
            var runner = session.runner();
            initializers.forEach(each -> tensors.add(each.feed(runner)));
            try (var result = runner.run()) {
                // the variables' values are what was wanted
            }
        } finally {
            tensors.forEach(Tensor::close);
        }
    }
}
