package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.types.TFloat32;
import sckd.Shared;
import sckd.UserException;
import sckd.graph.SessionRuns;
import sckd.graph.VariableBundle;

class TrainableConstantsTest {
    private static final float[] IMAGE = {1, 2, 3, -4};

    @TempDir
    private Path directory;

    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final Ops tf = Ops.create(graph);

    @AfterEach
    void close() {
        session.close();
        graph.close();
    }

    /** Not the mean that is taken off the pixels, and not the single factor. */
    @Test
    void theWeightsBecomeVariablesThatObjectsAndRestoreBind() throws IOException {
        var model = rewrite(ConstantModel.metaGraph().build());

        assertThat(model.variables())
                .extracting(ModelVariable::handle, ModelVariable::shape, ModelVariable::trainable, ModelVariable::keys)
                .containsExactlyInAnyOrder(
                        tuple(
                                "weights/captured",
                                Shape.of(4, 3),
                                true,
                                List.of("weights/0/.ATTRIBUTES/VARIABLE_VALUE")),
                        tuple("weights/bias", Shape.of(3), true, List.of("weights/1/.ATTRIBUTES/VARIABLE_VALUE")));
    }

    @Test
    void aLoaderComputesTheSame() throws IOException {
        rewrite(ConstantModel.metaGraph().build());

        assertThat(loaded(source())).containsExactly(ConstantModel.logits(IMAGE));
    }

    /** Python's loader hands over what a function is bound to: its arguments have to be handles, in the second trace as well. */
    @Test
    void everyFunctionOfPythonIsBoundToTheVariables() throws IOException {
        rewrite(ConstantModel.metaGraph().build());

        var metaGraph = SavedModelFile.read(source(), Optional.empty()).metaGraph();
        var objects = metaGraph.getObjectGraphDef();
        for (var name : List.of("wrapper", "call_2")) {
            var bound = objects.getConcreteFunctionsOrThrow(name).getBoundInputsList();
            assertThat(bound).as(name).hasSize(2).startsWith(1);
            assertThat(bound)
                    .allMatch(object -> objects.getNodes(object).getKindCase() == SavedObject.KindCase.VARIABLE);
            var function = function(metaGraph, name);
            assertThat(function.getSignature().getInputArgList())
                    .extracting(argument -> argument.getType())
                    .containsExactly(DataType.DT_FLOAT, DataType.DT_RESOURCE, DataType.DT_RESOURCE);
            assertThat(function.getSignature().getIsStateful()).isTrue();
        }
        var list = objects.getNodes(0).getChildren(0);
        assertThat(list.getLocalName()).isEqualTo("weights");
        assertThat(objects.getNodes(list.getNodeId()).getChildrenList())
                .extracting(child ->
                        objects.getNodes(child.getNodeId()).getVariable().getName())
                .containsExactly("weights/captured", "weights/bias");
        assertThat(metaGraph
                        .getCollectionDefOrThrow("trainable_variables")
                        .getBytesList()
                        .getValueCount())
                .isEqualTo(2);
    }

    @Test
    void aStepChangesTheLogitsAndTheExportHasThem() throws IOException {
        var model = rewrite(ConstantModel.metaGraph().build());
        var variables = ModelVariables.build(tf, "student", model);
        SessionRuns.run(session, List.of(variables.restore()));
        var bias = variables.byHandle().get("weights/bias");
        SessionRuns.run(
                session, List.of(bias.buildAssign(tf, tf.math.add(bias.value(), tf.constant(new float[] {1, 2, 3})))));
        var checkpoint = directory.resolve("trained");
        VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).save(session, checkpoint);
        var target = directory.resolve("student");
        StudentExport.write(model, checkpoint, "student", target);

        var expected = ConstantModel.logits(IMAGE);
        for (int k = 0; k < 3; k++) {
            expected[k] += 2 * (k + 1);
        }
        assertThat(loaded(target)).containsExactly(expected, within(1e-5f));
    }

    @Test
    void aFrozenGraphKeepsItsMovingAverages() throws IOException {
        var before = write(ConstantModel.frozen().build());
        var expected = loaded(before);
        TrainableConstants.rewrite(source(), ModelSettings.NONE);

        assertThat(ClassifierModel.read(source()).variables())
                .extracting(ModelVariable::handle, ModelVariable::trainable, ModelVariable::keys)
                .containsExactlyInAnyOrder(
                        tuple("weights/kernel", true, List.of("weights/kernel")),
                        tuple("weights/gamma", true, List.of("weights/gamma")),
                        tuple("weights/beta", true, List.of("weights/beta")),
                        tuple("weights/mean", false, List.of("weights/mean")),
                        tuple("weights/variance", false, List.of("weights/variance")));
        assertThat(loaded(source())).containsExactly(expected);
        assertThat(BatchNorms.find(FlatGraph.of(ClassifierModel.read(source()).graph()))
                        .get(0)
                        .mean())
                .contains("weights/mean");
    }

    @Test
    void theImportRewritesItsCopyAndSaysSo() throws IOException {
        var source = write(ConstantModel.metaGraph().build());
        var bytes = Files.readAllBytes(source.resolve("saved_model.pb"));
        var target = directory.resolve("imported");
        var imported = new ModelImport(source, target, ModelSettings.NONE, ModelImport.Existing.REFUSE)
                .run(ModelImport.Constants.TRAIN);

        assertThat(imported.notes())
                .containsExactly("2 constants have become variables, of which 2 with 15 numbers are trainable.");
        assertThat(imported.model().trainableParameters()).isEqualTo(4 * 3 + 3);
        assertThat(source.resolve("saved_model.pb")).hasBinaryContent(bytes);
        assertThat(source.resolve("variables")).doesNotExist();
        assertThat(loaded(target)).containsExactly(ConstantModel.logits(IMAGE));
    }

    @Test
    void aModelWithVariablesIsRefused() {
        SmallModel.write(source(), SmallModel.graphMode().build());
        SmallModel.writeGraphModeCheckpoint(source());

        assertThatThrownBy(() -> TrainableConstants.rewrite(source(), ModelSettings.NONE))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        source()
                                + ": has 3 trainable parameters in variables already; --trainable-constants is for models without");
    }

    @Test
    void aModelWithoutWeightsIsRefused() {
        write(SmallModel.calling(
                "sum:output:0",
                GraphText.constant("shape", GraphText.ints(-1, 2, 8)),
                GraphText.node("parts", "Reshape", "x", "shape:output:0"),
                GraphText.constant("axis", GraphText.ints(2)),
                GraphText.node(
                        "sum",
                        "Sum",
                        Map.of("Tidx", GraphText.type(DataType.DT_INT32)),
                        "parts:output:0",
                        "axis:output:0")));

        assertThatThrownBy(() -> TrainableConstants.rewrite(source(), ModelSettings.NONE))
                .isInstanceOf(UserException.class)
                .hasMessage(source().resolve("saved_model.pb")
                        + ": signature 'serving_default' has no constants that are weights;"
                        + " expected float constants in the kernels, biases or scales of its layers");
    }

    @Test
    void aFunctionThatIsUsedOtherwiseThanByACallIsRefused() {
        var metaGraph = ConstantModel.metaGraph();
        metaGraph
                .getGraphDefBuilder()
                .addNode(GraphText.node(
                        "gradient",
                        "SymbolicGradient",
                        Map.of(
                                "f", GraphText.function("call_1"),
                                "Tin", GraphText.floats(1),
                                "Tout", GraphText.floats(1)),
                        "captured"));
        write(metaGraph.build());

        assertThatThrownBy(() -> TrainableConstants.rewrite(source(), ModelSettings.NONE))
                .isInstanceOf(UserException.class)
                .hasMessage(source().resolve("saved_model.pb")
                        + ": node 'gradient' (SymbolicGradient) uses the function 'call_1', which holds weights;"
                        + " only where it is called can its constants become variables");
    }

    /** Converted from ONNX: constants of the main graph behind transposes, splits and products with 1. */
    @Test
    void theWeightsOfAConvertedModelAreFound() {
        var file = SavedModelFile.read(Shared.require("models/wild/onnx-lenet"), Optional.empty());
        var program = WeightProgram.of(file, ModelSettings.NONE, Optional.empty());

        assertThat(program.variables())
                .allMatch(variable -> variable.weight().trainable())
                .extracting(variable -> Shapes.describe(Shapes.of(variable.shape())))
                .containsExactlyInAnyOrder(
                        "[6, 1, 5, 5]",
                        "[6]",
                        "[16, 6, 5, 5]",
                        "[16]",
                        "[120, 256]",
                        "[120]",
                        "[84, 120]",
                        "[84]",
                        "[10, 84]",
                        "[10]");
    }

    private Path source() {
        return directory.resolve("model");
    }

    private Path write(MetaGraphDef metaGraph) {
        SmallModel.write(source(), metaGraph);
        return source();
    }

    private ClassifierModel rewrite(MetaGraphDef metaGraph) throws IOException {
        TrainableConstants.rewrite(write(metaGraph), ModelSettings.NONE);
        return ClassifierModel.read(source());
    }

    private static FunctionDef function(MetaGraphDef metaGraph, String name) {
        return metaGraph.getGraphDef().getLibrary().getFunctionList().stream()
                .filter(function -> function.getSignature().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static float[] loaded(Path model) {
        try (var bundle = SavedModelBundle.load(model.toString(), "serve");
                var fed = TFloat32.tensorOf(Shape.of(1, 2, 2, 1), DataBuffers.of(IMAGE));
                var result = bundle.call(Map.of("images", fed))) {
            var logits = (TFloat32) result.get("logits").orElseThrow();
            var values = new float[(int) logits.size()];
            logits.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }
}
