package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.floatScalar;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.stringScalar;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import sckd.UserException;

/** A model of a few allowed ops, with others on its path, in its restore and in its initialisation. */
class OpJudgementTest {
    @TempDir
    private Path directory;

    @Test
    void aTrustedOpDoesWhatItDoesBesideTheLogits() throws Exception {
        var written = directory.resolve("written");
        var model = write(onPath(
                constant("path", stringScalar(written.toString())),
                constant("text", stringScalar("by the model")),
                node("evil", "WriteFile", "path", "text")));
        assertRefused(
                model, Set.of(), "not allowed in a model: WriteFile (node 'evil'); expected ops that only compute");

        var read = ModelReader.read(model, trusting(Set.of("WriteFile")));
        assertThat(read.notes()).containsExactly("Trusted and not judged: WriteFile (node 'evil').");
        assertThat(written).doesNotExist();
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(Shape.of(1, 4, 4, 1), DataBuffers.of(new float[16]));
            var logits = ModelInstance.buildFrozen(tf, "teacher", read, images, List.of())
                    .logits();
            GraphRun.floats(session, logits);
        }
        assertThat(written).hasContent("by the model");
    }

    @Test
    void trustIsForTheOpsThatAreNamedAlone() {
        var model = write(onPath(
                constant("path", stringScalar("/etc/hostname")),
                node("read", "ReadFile", "path"),
                node("evil", "WriteFile", "path", "read")));
        assertRefused(
                model,
                Set.of("WriteFile"),
                "not allowed in a model: ReadFile (node 'read'); expected ops that only compute");
    }

    @Test
    void namesThatCannotBeTrustedAreTold() {
        var model = write(SmallModel.graphMode());
        assertNotTrusted(
                model, "WriteFil", "trusted op 'WriteFil': this TensorFlow has no such op; nearest: WriteFile");
        assertNotTrusted(
                model,
                "xyzzy",
                "trusted op 'xyzzy': this TensorFlow has no such op; expected a kind as a refusal names it, such as PrintV2");
        for (var python : List.of("PyFunc", "PyFuncStateless", "EagerPyFunc")) {
            assertNotTrusted(
                    model,
                    python,
                    "trusted op '" + python + "': it calls Python, which does not run here; save the model without it");
        }
    }

    @Test
    void anOpThatCallsAFunctionCannotBeUsedTrustedOrNot() {
        var model = write(onPath(node("evil", "MapDefun", Map.of("f", GraphText.function("body")))));
        assertRefused(
                model,
                Set.of("MapDefun"),
                "MapDefun (node 'evil') calls the function 'body'; such an op cannot be used here, trusted or not");
    }

    @Test
    void aRestoreThatWritesIsRefused() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder()
                .addNode(constant("path", stringScalar("x")))
                .addNode(node("evil", "WriteFile", "path", "path"));
        model.getGraphDefBuilder().getNodeBuilderList().stream()
                .filter(node -> node.getName().equals("save/restore_all"))
                .forEach(node -> node.addInput("^evil"));
        assertRefused(
                write(model),
                Set.of(),
                "not allowed in the restore of a model, which every loader runs: WriteFile (node 'evil');"
                        + " expected ops that only hand on what a checkpoint holds");
        assertThat(ModelReader.read(directory, trusting(Set.of("WriteFile"))).variables())
                .hasSize(4);
    }

    /** Serving would compute with other weights than we read. */
    @Test
    void aRestoreThatComputesIsRefused() {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder().getNodeBuilderList().stream()
                .filter(node -> node.getName().equals("save/value0"))
                .forEach(node -> node.setOp("Cos"));
        assertRefused(
                write(model),
                Set.of(),
                "not allowed in the restore of a model, which every loader runs: Cos (node 'save/value0');"
                        + " expected ops that only hand on what a checkpoint holds");
    }

    @Test
    void anInitialisationThatWritesIsRefusedWhereverItIsNamed() {
        var nodes = new NodeDef[] {
            constant("path", stringScalar("x")),
            node("evil", "WriteFile", "path", "path"),
            node("init", "NoOp", "^evil")
        };
        var message = "not allowed in the initialisation of a model, which every loader runs: WriteFile (node 'evil');"
                + " expected ops that only compute and fill tables";
        for (var collection : List.of("saved_model_main_op", "legacy_init_op")) {
            var list = CollectionDef.NodeList.newBuilder().addValue("init");
            assertRefused(
                    write(with(nodes)
                            .putCollectionDef(
                                    collection,
                                    CollectionDef.newBuilder().setNodeList(list).build())),
                    Set.of(),
                    message);
        }
        var signature = SignatureDef.newBuilder()
                .putOutputs(
                        "__saved_model_init_op",
                        TensorInfo.newBuilder().setName("init").build());
        assertRefused(
                write(with(nodes).putSignatureDef("__saved_model_init_op", signature.build())), Set.of(), message);
    }

    /** A vocabulary; any other file is none of its business. */
    @Test
    void aTableMayBeFilledFromAFileOfTheModelsOwn() {
        var list = CollectionDef.NodeList.newBuilder().addValue("fill");
        var model = with(
                        constant("file", stringScalar("words.txt")),
                        node(
                                "table",
                                "HashTableV2",
                                Map.of(
                                        "key_dtype",
                                        GraphText.type(DataType.DT_STRING),
                                        "value_dtype",
                                        GraphText.type(DataType.DT_INT64))),
                        node("fill", "InitializeTableFromTextFileV2", "table", "file"))
                .putCollectionDef(
                        "saved_model_main_op",
                        CollectionDef.newBuilder().setNodeList(list).build());
        var message = "not allowed in the initialisation of a model, which every loader runs:"
                + " InitializeTableFromTextFileV2 (node 'fill'); expected ops that only compute and fill tables";
        assertRefused(write(model), Set.of(), message);

        model.addAssetFileDef(asset("../../etc/passwd"));
        assertRefused(write(model), Set.of(), message);

        model.setAssetFileDef(0, asset("words.txt"));
        assertThat(ClassifierModel.read(write(model)).notes()).isEmpty();
    }

    @Test
    void aLoaderThatIsNotWholeIsRefused() {
        var model = SmallModel.graphMode();
        model.getSaverDefBuilder().setRestoreOpName("x:-1");
        assertRefused(write(model), Set.of(), "what loaders are to run is 'x:-1', which is no node's name");
        model.getSaverDefBuilder().setRestoreOpName("nowhere");
        assertRefused(write(model), Set.of(), "the graph has no node 'nowhere', which it needs");
    }

    /** Shape inference computes: a refused op is not even shown to it. */
    @Test
    void aRefusedModelIsStillInspected() {
        var model = write(onPath(
                constant("path", stringScalar("/etc/hostname")),
                node("text", "ReadFile", "path"),
                node("evil", "StringToNumber", "text")));
        var inspection = Inspection.of(model);
        assertThat(inspection.forbidden()).containsExactly("ReadFile (node 'text')", "StringToNumber (node 'evil')");
        assertThat(inspection.logits()).isPresent();
        assertThat(inspection.faults()).hasSize(1);
    }

    private static AssetFileDef asset(String file) {
        return AssetFileDef.newBuilder()
                .setFilename(file)
                .setTensorInfo(TensorInfo.newBuilder().setName("file:0"))
                .build();
    }

    private static MetaGraphDef.Builder with(NodeDef... nodes) {
        var model = SmallModel.graphMode();
        model.getGraphDefBuilder().addAllNode(List.of(nodes));
        return model;
    }

    /** The output waits for the node {@code evil}. */
    private static MetaGraphDef.Builder onPath(NodeDef... nodes) {
        var model = with(nodes);
        model.getGraphDefBuilder()
                .addNode(constant("one", floatScalar(1)))
                .addNode(node("out", "Mul", "net/dense/product", "one", "^evil"));
        return model.putSignatureDef(
                "serving_default", SmallModel.signature(Map.of("images", "images:0"), Map.of("out", "out:0")));
    }

    private Path write(MetaGraphDef.Builder model) {
        SmallModel.write(directory, model.build());
        if (!Files.exists(directory.resolve("variables"))) {
            SmallModel.writeGraphModeCheckpoint(directory);
        }
        return directory;
    }

    private static void assertRefused(Path model, Set<String> trusted, String message) {
        assertThatThrownBy(() -> ModelReader.read(model, trusting(trusted)))
                .isInstanceOf(UserException.class)
                .hasMessage(model.resolve("saved_model.pb") + ": " + message);
    }

    private static void assertNotTrusted(Path model, String op, String message) {
        assertThatThrownBy(() -> ModelReader.read(model, trusting(Set.of(op))))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    private static ModelSettings trusting(Set<String> ops) {
        var none = ModelSettings.NONE;
        return new ModelSettings(
                none.tags(),
                none.signature(),
                none.input(),
                none.output(),
                none.classes(),
                none.batchNormMomentum(),
                ops);
    }
}
