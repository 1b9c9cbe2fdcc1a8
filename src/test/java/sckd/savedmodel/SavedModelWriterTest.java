package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import sckd.UserException;

/** A model that scales and shifts: {@code y = 3 · x + 0.5}, its factor trainable, its offset not. */
class SavedModelWriterTest {
    @TempDir
    Path directory;

    private Path model;

    @BeforeEach
    void writeModel() {
        model = directory.resolve("model");
        write(model);
    }

    private static void write(Path target) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var x = Placeholder.create(tf.withName("x").scope(), TFloat32.class, Placeholder.shape(Shape.of(-1, 1)));
            var factor = SavedVariable.build(tf, "scale/factor", Shape.of(1), true, () -> new float[] {3});
            var offset = SavedVariable.build(tf, "offset", Shape.of(1), false, () -> new float[] {0.5f});
            var y = tf.math.add(
                    tf.math.mul(x, factor.variable().value()), offset.variable().value());
            var signature = new GraphSignature(Map.of("x", x), Map.of("y", y));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(
                            graph, List.of(factor, offset), Map.of("serving_default", signature), ModelCard.EMPTY),
                    target);
        }
    }

    @Test
    void loadsWithItsInitialValues() {
        try (var bundle = SavedModelBundle.load(model.toString(), "serve")) {
            assertThat(call(bundle, 2)).isEqualTo(3 * 2 + 0.5f);
        }
    }

    @Test
    void takenDirectoryIsRefusedAndKept() throws IOException {
        var program = Files.readAllBytes(model.resolve("saved_model.pb"));
        assertThatThrownBy(() -> write(model))
                .isInstanceOf(UserException.class)
                .hasMessage(model + ": exists already; expected a new or empty directory: name another or remove it");
        assertThat(model.resolve("saved_model.pb")).hasBinaryContent(program);
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(model));
    }

    @Test
    void restoresWhatItSavedItself() throws IOException {
        var definition = read();
        var prefix = directory.resolve("bundle").toString();
        try (var bundle = SavedModelBundle.load(model.toString(), "serve");
                var session = bundle.session();
                var path = TString.scalarOf(prefix);
                var value = TFloat32.vectorOf(7)) {
            var saver = definition.getSaverDef();
            var assign = session.runner().feed("scale/factor/initial_value", value);
            try (var result = assign.addTarget("scale/factor/Assign").run()) {}
            var save = session.runner().feed(saver.getFilenameTensorName(), path);
            try (var result = save.fetch(saver.getSaveTensorName()).run()) {
                assertThat(((TString) result.get(0)).getObject()).isEqualTo(prefix);
            }
            assertThat(call(bundle, 2)).isEqualTo(7 * 2 + 0.5f);
            var own = directory.resolve("model/variables/variables").toString();
            restore(bundle, own);
            assertThat(call(bundle, 2)).isEqualTo(3 * 2 + 0.5f);
            restore(bundle, prefix);
            assertThat(call(bundle, 2)).isEqualTo(7 * 2 + 0.5f);
        }
    }

    private void restore(SavedModelBundle bundle, String prefix) throws IOException {
        var saver = read().getSaverDef();
        try (var path = TString.scalarOf(prefix);
                var result = bundle.session()
                        .runner()
                        .feed(saver.getFilenameTensorName(), path)
                        .addTarget(saver.getRestoreOpName())
                        .run()) {}
    }

    @Test
    void collectionsTellTrainableVariablesFromOthers() throws IOException {
        assertThat(variables("variables"))
                .extracting(VariableDef::getVariableName)
                .containsExactly("scale/factor:0", "offset:0");
        assertThat(variables("trainable_variables"))
                .containsExactly(VariableDef.newBuilder()
                        .setVariableName("scale/factor:0")
                        .setInitialValueName("scale/factor/initial_value:0")
                        .setInitializerName("scale/factor/Assign")
                        .setSnapshotName("scale/factor/Read/ReadVariableOp:0")
                        .setIsResource(true)
                        .setTrainable(true)
                        .build());
    }

    @Test
    void everyNameInTheCollectionsIsANode() throws IOException {
        var nodes = new ArrayList<String>();
        read().getGraphDef().getNodeList().forEach(node -> nodes.add(node.getName()));
        for (var variable : variables("variables")) {
            assertThat(nodes)
                    .contains(
                            variable.getVariableName().replace(":0", ""),
                            variable.getInitialValueName().replace(":0", ""),
                            variable.getSnapshotName().replace(":0", ""),
                            variable.getInitializerName());
        }
    }

    @Test
    void checkpointKeysStandInTheProgramAsStrings() throws IOException {
        var keys = read().getGraphDef().getNodeList().stream()
                .filter(node -> node.getName().equals("save/Const_1"))
                .flatMap(node -> node.getAttrOrThrow("value").getTensor().getStringValList().stream())
                .map(ByteString::toStringUtf8);
        assertThat(keys).containsExactly("scale/factor", "offset");
    }

    @Test
    void signatureIsForServing() throws IOException {
        var signature = read().getSignatureDefOrThrow("serving_default");
        assertThat(signature.getMethodName()).isEqualTo("tensorflow/serving/predict");
        assertThat(signature.getInputsOrThrow("x").getName()).isEqualTo("x:0");
        assertThat(signature.getInputsOrThrow("x").getTensorShape().getDim(0).getSize())
                .isEqualTo(-1);
        assertThat(read().getMetaInfoDef().getTagsList()).containsExactly("serve");
    }

    private static float call(SavedModelBundle bundle, float x) {
        try (var fed = TFloat32.tensorOf(Shape.of(1, 1), DataBuffers.of(x));
                var result = bundle.function("serving_default").call(Map.of("x", fed))) {
            return ((TFloat32) result.get("y").orElseThrow()).getFloat(0, 0);
        }
    }

    private List<VariableDef> variables(String collection) throws IOException {
        var definitions = new ArrayList<VariableDef>();
        for (ByteString bytes :
                read().getCollectionDefOrThrow(collection).getBytesList().getValueList()) {
            definitions.add(VariableDef.parseFrom(bytes));
        }
        return definitions;
    }

    private MetaGraphDef read() throws IOException {
        return SavedModel.parseFrom(Files.readAllBytes(model.resolve("saved_model.pb")))
                .getMetaGraphs(0);
    }
}
