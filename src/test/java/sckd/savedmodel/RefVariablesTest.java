package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.BatchNormModel.IMAGES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.VariableBundle;

class RefVariablesTest {
    private static final double[] X = BatchNormModel.doubles(IMAGES);
    private static final String TRAINABLE = "trainable_variables";

    @TempDir
    private Path directory;

    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final Ops tf = Ops.create(graph);
    private final Operand<TFloat32> images = tf.constant(Shape.of(2, 2, 1, 2), DataBuffers.of(IMAGES));

    @AfterEach
    void close() {
        session.close();
        graph.close();
    }

    @Test
    void theRestoreBindsThemAndTheCollectionSaysWhichAreTrained() {
        var model = read(RefVariableModel.metaGraph()
                .putCollectionDef(TRAINABLE, RefVariableModel.trainable("norm/gamma", "dense/kernel"))
                .build());

        var vector = Shape.of(2);
        assertThat(model.variables())
                .containsExactlyInAnyOrder(
                        variable("norm/gamma", vector, true),
                        variable("norm/beta", vector, false),
                        variable("norm/mean", vector, false),
                        variable("norm/variance", vector, false),
                        variable("dense/kernel", Shape.of(2, 3), true));
    }

    @Test
    void withoutACollectionAllButMovingStatisticsAreTrained() {
        assertThat(read().variables())
                .filteredOn(ModelVariable::trainable)
                .extracting(ModelVariable::handle)
                .containsExactlyInAnyOrder("norm/gamma", "norm/beta", "dense/kernel");
    }

    @Test
    void inspectionFindsNoFault() {
        var inspection = Inspection.of(read().directory());

        assertThat(inspection.faults()).isEmpty();
        assertThat(inspection.parameters()).hasValue(4 * 2 + 2 * 3);
        assertThat(inspection.withoutGradient()).isEmpty();
        assertThat(inspection.fusedBatchNorms()).containsExactly("norm/FusedBatchNorm");
    }

    @Test
    void inferenceAndTheFrozenProgramComputeWhatALoaderDoes() {
        var model = read();
        var expected = inferred(BatchNormModel.KERNEL);

        var student = ModelInstance.buildInference(tf, "student", model, restored(model), images, List.of());
        var teacher = ModelInstance.buildFrozen(tf, "teacher", model, images, List.of());
        assertClose(GraphRun.floats(session, student.logits()), expected);
        assertClose(GraphRun.floats(session, teacher.logits()), expected);
        assertClose(loaded(model.directory()), expected);
    }

    /** The gradient of the sum of all logits by the kernel is the sum over the images of the pooled feature, in each column. */
    @Test
    void trainingUsesTheBatchMovesTheAveragesAndHasGradients() {
        var model = read();
        var variables = restored(model);
        var student = ModelInstance.buildTraining(
                tf, "student", model.withBatchNormMomentum(.75f), variables, images, List.of());
        var kernel = variables.byHandle().get("dense/kernel").value();
        var gradient = graph
                .addGradients(
                        tf.reduceSum(student.logits(), tf.array(0, 1)).asOutput(), new Output<?>[] {kernel.asOutput()})[
                0]
                .expect(TFloat32.class);

        var mean = BatchNormModel.batchMean(X);
        var variance = BatchNormModel.batchVariance(X);
        var normal = BatchNormModel.normalise(X, mean, variance, true, true);
        var expected = new double[6];
        for (int i = 0; i < normal.length; i++) {
            for (int k = 0; k < 3; k++) {
                expected[i % 2 * 3 + k] += normal[i] / 2; // the mean over two pixels
            }
        }
        var fetched = GraphRun.floats(session, List.of(student.logits(), gradient), student.updates());
        assertClose(fetched.get(0), BatchNormModel.logits(normal));
        assertClose(fetched.get(1), expected);
        var moved = new double[2];
        for (int c = 0; c < 2; c++) {
            moved[c] = .75 * BatchNormModel.VARIANCE[c] + .25 * 4 / 3 * variance[c];
        }
        assertClose(
                GraphRun.floats(
                        session, variables.byHandle().get("norm/variance").value()),
                moved);
    }

    @Test
    void theExportIsTheSameProgramWithNewValuesAndTheOldSlots() throws IOException {
        var model = read();
        var variables = restored(model);
        var trained = new float[] {0, 1, 2, -1, -2, .5f};
        var kernel = variables.byHandle().get("dense/kernel");
        SessionRuns.run(
                session, List.<Op>of(kernel.buildAssign(tf, tf.constant(Shape.of(2, 3), DataBuffers.of(trained)))));
        var checkpoint = directory.resolve("checkpoint");
        VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).save(session, checkpoint);
        var target = directory.resolve("student");
        StudentExport.write(model, checkpoint, "student", target);

        assertClose(loaded(target), inferred(trained));
        assertThat(target.resolve("saved_model.pb"))
                .hasSameBinaryContentAs(model.directory().resolve("saved_model.pb"));
        var slot = new TensorBundle(target.resolve("variables/variables"))
                .buildRestore(tf, List.of(RefVariableModel.SLOT), List.of(DataType.DT_FLOAT))
                .get(0)
                .asOutput()
                .expect(TFloat32.class);
        assertThat(GraphRun.floats(session, slot)).containsExactly(RefVariableModel.SLOT_VALUES);
        try (Stream<Path> files = Files.list(target.resolve("variables"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void whatAssignsOnThePathIsRefused() {
        var model = withNodes(node -> node.getName().equals("dense/kernel/read")
                ? GraphText.node("dense/kernel/read", "AssignAdd", "dense/kernel", "dense/kernel")
                : node);

        assertThatThrownBy(() -> read(model))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        directory.resolve("model/saved_model.pb")
                                + ": not allowed in a model: AssignAdd (node 'dense/kernel/read'); expected ops that only compute");
    }

    @Test
    void theSecondFusedBatchNormIsTheThirdAsWell() {
        var model = withNodes(node -> node.getOp().equals("FusedBatchNorm")
                ? node.toBuilder()
                        .setOp("FusedBatchNormV2")
                        .putAttr("U", GraphText.type(DataType.DT_FLOAT))
                        .build()
                : node);
        var read = read(model);

        assertThat(read.graph().getNodeList())
                .filteredOn(node -> node.getName().equals("norm/FusedBatchNorm"))
                .extracting(NodeDef::getOp)
                .containsExactly("FusedBatchNormV3");
        var student = ModelInstance.buildInference(tf, "student", read, restored(read), images, List.of());
        assertClose(GraphRun.floats(session, student.logits()), inferred(BatchNormModel.KERNEL));
    }

    /** A scalar of the op Variable may be of any shape. */
    @Test
    void aShapeLeftOpenIsThatOfTheCheckpoint() {
        var model = withNodes(node -> node.getName().equals("norm/gamma")
                ? GraphText.node("norm/gamma", "Variable", Map.of("shape", GraphText.shape()))
                : node);

        assertThat(read(model).variables()).contains(variable("norm/gamma", Shape.of(2), true));
    }

    @Test
    void aTensorOfWhichTheVariableIsOnlyAPartIsRefused() {
        var model = RefVariableModel.write(
                directory.resolve("model"), RefVariableModel.metaGraph().build());
        var keys = List.of("dense/kernel", "norm/beta", "norm/gamma", "norm/mean", "norm/variance");
        var vector = tf.constant(BatchNormModel.BETA);
        var part = tf.constant(Shape.of(2, 3), DataBuffers.of(BatchNormModel.KERNEL));
        var save = tf.train.save(
                tf.constant(model.resolve("variables/variables").toString()),
                tf.array(keys.toArray(String[]::new)),
                tf.array("4 3 0,2:-", "", "", "", ""),
                List.of(part, vector, vector, vector, vector));
        SessionRuns.run(session, List.of(save));

        assertThatThrownBy(() -> ClassifierModel.read(model))
                .isInstanceOf(UserException.class)
                .hasMessage(model.resolve("variables/variables.index")
                        + ": 'dense/kernel' is DT_FLOAT [4, 3]; the variable 'dense/kernel' is DT_FLOAT [2, 3];"
                        + " the checkpoint belongs to another model");
    }

    /** The first checkpoints were read by ops of their own, a tensor each. */
    @Test
    void aVariableThatTheFirstRestoreOpsReadIsBound() {
        var model = RefVariableModel.metaGraph();
        var graph = model.getGraphDefBuilder();
        graph.addNode(GraphText.constant("v1/gamma", GraphText.strings(List.of("norm/gamma"))));
        graph.addNode(GraphText.constant("v1/beta", GraphText.strings(List.of("norm/beta"))));
        graph.addNode(GraphText.constant("v1/slice", GraphText.strings(List.of(""))));
        var type = Map.of("dt", GraphText.type(DataType.DT_FLOAT));
        graph.addNode(GraphText.node("v1/Restore", "Restore", type, "save/Const", "v1/gamma"));
        graph.addNode(GraphText.node("v1/Slice", "RestoreSlice", type, "save/Const", "v1/beta", "v1/slice"));
        graph.addNode(GraphText.node("v1/Assign", "Assign", "norm/gamma", "v1/Restore"));
        graph.addNode(GraphText.node("v1/Assign_1", "Assign", "norm/beta", "v1/Slice"));
        graph.addNode(GraphText.node("v1/restore_all", "NoOp", "^v1/Assign", "^v1/Assign_1"));
        model.getSaverDefBuilder().setRestoreOpName("v1/restore_all").setVersion(SaverDef.CheckpointFormatVersion.V1);
        SmallModel.write(directory, model.build());
        var keys = RestoreKeys.read(SavedModelFile.read(directory, Optional.empty()), OpDefs.registered());

        assertThat(keys.asMap())
                .containsOnlyKeys("norm/gamma", "norm/beta")
                .containsEntry("norm/gamma", Set.of(new RestoreKeys.Restored("norm/gamma", Optional.empty())))
                .containsEntry("norm/beta", Set.of(new RestoreKeys.Restored("norm/beta", Optional.empty())));
    }

    @Test
    void aSignatureMayHandOutAVariable() {
        var metaGraph = RefVariableModel.metaGraph();
        var signature = metaGraph.getSignatureDefOrThrow("serving_default").toBuilder()
                .putOutputs("kernel", SmallModel.info("dense/kernel:0", 2, 3))
                .build();
        var model = read(metaGraph.putSignatureDef("serving_default", signature).build());

        assertThat(model.outputs())
                .containsOnlyKeys("kernel", "logits")
                .containsEntry("kernel", new TensorName("dense/kernel/ReadVariableOp", 0));
    }

    private static MetaGraphDef withNodes(UnaryOperator<NodeDef> change) {
        var model = RefVariableModel.metaGraph();
        var nodes = new ArrayList<>(model.getGraphDef().getNodeList());
        nodes.replaceAll(change);
        model.getGraphDefBuilder().clearNode().addAllNode(nodes);
        return model.build();
    }

    private ClassifierModel read() {
        return read(RefVariableModel.metaGraph().build());
    }

    private ClassifierModel read(MetaGraphDef metaGraph) {
        return ClassifierModel.read(RefVariableModel.write(directory.resolve("model"), metaGraph));
    }

    private static ModelVariable variable(String name, Shape shape, boolean trainable) {
        return new ModelVariable(name, DataType.DT_FLOAT, shape, trainable, List.of(name));
    }

    private ModelVariables restored(ClassifierModel model) {
        var variables = ModelVariables.build(tf, "student", model);
        SessionRuns.run(session, List.of(variables.restore()));
        return variables;
    }

    private static float[] loaded(Path model) {
        try (var bundle = SavedModelBundle.load(model.toString(), "serve");
                var fed = TFloat32.tensorOf(Shape.of(2, 2, 1, 2), DataBuffers.of(IMAGES));
                var result = bundle.call(Map.of("images", fed))) {
            var logits = (TFloat32) result.get("logits").orElseThrow();
            var values = new float[6];
            logits.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }

    private static double[] inferred(float[] kernel) {
        var normal = BatchNormModel.normalise(
                X,
                BatchNormModel.doubles(BatchNormModel.MEAN),
                BatchNormModel.doubles(BatchNormModel.VARIANCE),
                true,
                true);
        var logits = new double[6];
        for (int i = 0; i < normal.length; i++) {
            for (int k = 0; k < 3; k++) {
                logits[i / 4 * 3 + k] += normal[i] / 2 * kernel[i % 2 * 3 + k];
            }
        }
        return logits;
    }

    private static void assertClose(float[] actual, double[] expected) {
        assertThat(BatchNormModel.doubles(actual)).containsExactly(expected, Offset.offset(1e-5));
    }
}
