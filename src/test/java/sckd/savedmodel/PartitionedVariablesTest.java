package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static sckd.savedmodel.GraphText.constant;
import static sckd.savedmodel.GraphText.integer;
import static sckd.savedmodel.GraphText.ints;
import static sckd.savedmodel.GraphText.node;
import static sckd.savedmodel.GraphText.placeholder;
import static sckd.savedmodel.GraphText.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.VariableBundle;

/**
 * A model of TF 1 whose kernel {@code w} [4, 3] is two variables of the graph, one of each kind: rows 0 to 2 are {@code w/part_0}, row 3 is
 * {@code w/part_1}. Its slot {@code w/Momentum} is stored in other slices.
 */
class PartitionedVariablesTest {
    private static final float[] KERNEL = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    private static final float[] SLOT = {12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    private static final float[] IMAGE = {1, -1, 2, .5f};
    private static final String UPPER = "4 3 0,3:0,3";
    private static final String LOWER = "4 3 3,1:0,3";
    private static final Shape WHOLE = Shape.of(4, 3);

    @TempDir
    private Path directory;

    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final Ops tf = Ops.create(graph);
    private final Operand<TFloat32> images = tf.constant(Shape.of(1, 2, 2, 1), DataBuffers.of(IMAGE));

    @AfterEach
    void close() {
        session.close();
        graph.close();
    }

    @Test
    void eachPartIsBoundToItsSlice() {
        assertThat(model().variables())
                .extracting(
                        ModelVariable::handle,
                        ModelVariable::shape,
                        ModelVariable::trainable,
                        ModelVariable::keys,
                        variable -> variable.slice().map(TensorSlice::toString))
                .containsExactly(
                        tuple("w/part_0", Shape.of(3, 3), true, List.of("w"), Optional.of(UPPER)),
                        tuple("w/part_1", Shape.of(1, 3), true, List.of("w"), Optional.of(LOWER)));
    }

    @Test
    void studentAndTeacherComputeWithTheWholeKernel() {
        var model = model();
        var student = ModelInstance.buildInference(tf, "student", model, restored(model), images, List.of());
        var teacher = ModelInstance.buildFrozen(tf, "teacher", model, images, List.of());

        for (var logits : GraphRun.floats(session, List.of(student.logits(), teacher.logits()), List.of())) {
            assertThat(logits).containsExactly(logits(KERNEL));
        }
    }

    /** The gradient of the sum of the logits is the image's value, in every row. */
    @Test
    void anExportHoldsTheSameSlicesAndComputesTheSame() {
        var model = model();
        var target = directory.resolve("student");
        var variables = restored(model);
        var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
        var sum = tf.reduceSum(student.logits(), tf.constant(new int[] {0, 1}));
        var gradients = graph.addGradients(
                sum.asOutput(),
                variables.trainable().stream()
                        .map(each -> each.value().asOutput())
                        .toArray(Output<?>[]::new));
        for (int i = 0; i < gradients.length; i++) {
            var variable = variables.trainable().get(i);
            var step = tf.math.sub(variable.value(), gradients[i].expect(TFloat32.class));
            SessionRuns.run(session, List.of(variable.buildAssign(tf, step)));
        }
        StudentExport.write(model, saved(variables), "student", target);

        var trained = KERNEL.clone();
        for (int i = 0; i < trained.length; i++) {
            trained[i] -= IMAGE[i / 3];
        }
        assertThat(stored(target, "w", "")).containsExactly(trained);
        assertThat(stored(target, "w", LOWER)).containsExactly(trained[9], trained[10], trained[11]);
        assertThat(stored(target, "w/Momentum", "")).containsExactly(SLOT);
        assertThat(loaded(target)).containsExactly(logits(trained), within(1e-6f));
        var before = Checkpoint.find(model.directory()).orElseThrow().entries();
        var after = Checkpoint.find(target).orElseThrow().entries();
        assertThat(after.keySet()).isEqualTo(before.keySet()).containsExactlyInAnyOrder("w", "w/Momentum");
        before.forEach((key, entry) -> {
            assertThat(after.get(key).getSlicesList()).as(key).isEqualTo(entry.getSlicesList());
            assertThat(after.get(key).getShape()).as(key).isEqualTo(entry.getShape());
        });
        assertThat(ClassifierModel.read(target).variables()).isEqualTo(model.variables());
    }

    /** As after a conversion of the checkpoint: the graph reads parts of a tensor that is stored whole. */
    @Test
    void partsOfATensorThatIsStoredWholeAreWrittenWhole() {
        writeProgram();
        save(List.of("w"), List.of(""), List.of(matrix(KERNEL, 0, 4)));
        var model = ClassifierModel.read(directory.resolve("model"));
        var target = directory.resolve("student");
        StudentExport.write(model, saved(restored(model)), "student", target);

        assertThat(stored(target, "w", "")).containsExactly(KERNEL);
        assertThat(Checkpoint.find(target).orElseThrow().entries().get("w").getSlicesCount())
                .isZero();
    }

    @Test
    void aSliceOfAnotherTensorIsRefused() {
        writeProgram();
        save(List.of("w"), List.of(""), List.of(tf.constant(new float[5][3])));
        var model = directory.resolve("model");

        assertThatThrownBy(() -> ClassifierModel.read(model))
                .isInstanceOf(UserException.class)
                .hasMessage(model.resolve("variables/variables.index")
                        + ": 'w' is [5, 3]; the variable 'w/part_0' is the slice '" + UPPER
                        + "' of it; the checkpoint belongs to another model");
    }

    @Test
    void slicesInSeveralFilesAreReadAndAMissingFileIsNamed() throws IOException {
        var model = directory.resolve("model");
        writeProgram();
        var first = model.resolve("variables/first").toString();
        var second = model.resolve("variables/second").toString();
        SessionRuns.run(
                session, List.of(buildSave(first, List.of("w"), List.of(UPPER), List.of(matrix(KERNEL, 0, 3)))));
        SessionRuns.run(
                session, List.of(buildSave(second, List.of("w"), List.of(LOWER), List.of(matrix(KERNEL, 3, 4)))));
        var merge = tf.train.mergeV2Checkpoints(
                tf.array(first, second),
                tf.constant(model.resolve("variables/variables").toString()));
        SessionRuns.run(session, List.of(merge));
        var read = ClassifierModel.read(model);
        var teacher = ModelInstance.buildFrozen(tf, "teacher", read, images, List.of());
        assertThat(GraphRun.floats(session, teacher.logits())).containsExactly(logits(KERNEL));

        var missing = model.resolve("variables/variables.data-00001-of-00002");
        Files.delete(missing);
        assertThatThrownBy(() -> ClassifierModel.read(model))
                .isInstanceOf(UserException.class)
                .hasMessage(missing + " is missing; variables.index places 1 tensors in it");
    }

    private ClassifierModel model() {
        writeProgram();
        save(
                List.of("w", "w", "w/Momentum", "w/Momentum"),
                List.of(UPPER, LOWER, "4 3 0,1:0,3", "4 3 1,3:0,3"),
                List.of(matrix(KERNEL, 0, 3), matrix(KERNEL, 3, 4), matrix(SLOT, 0, 1), matrix(SLOT, 1, 4)));
        return ClassifierModel.read(directory.resolve("model"));
    }

    private ModelVariables restored(ClassifierModel model) {
        var variables = ModelVariables.build(tf, "student", model);
        SessionRuns.run(session, List.of(variables.restore()));
        return variables;
    }

    private Path saved(ModelVariables variables) {
        var checkpoint = directory.resolve("trained");
        VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).save(session, checkpoint);
        return checkpoint;
    }

    private static float[] logits(float[] kernel) {
        var logits = new float[3];
        for (int i = 0; i < kernel.length; i++) {
            logits[i % 3] += IMAGE[i / 3] * kernel[i];
        }
        return logits;
    }

    private Operand<TFloat32> matrix(float[] values, int from, int to) {
        var rows = Arrays.copyOfRange(values, 3 * from, 3 * to);
        return tf.constant(Shape.of(to - from, 3), DataBuffers.of(rows));
    }

    private void save(List<String> keys, List<String> slices, List<Operand<?>> values) {
        var prefix = directory.resolve("model/variables/variables").toString();
        SessionRuns.run(session, List.of(buildSave(prefix, keys, slices, values)));
    }

    private Op buildSave(String prefix, List<String> keys, List<String> slices, List<? extends Operand<?>> values) {
        return new TensorBundle(Path.of(prefix)).buildSave(tf, keys, slices, List.copyOf(values));
    }

    private float[] stored(Path model, String key, String slice) {
        var value = new TensorBundle(model.resolve("variables/variables"))
                .buildRestore(tf, List.of(key), List.of(slice), List.of(DataType.DT_FLOAT))
                .get(0);
        return GraphRun.floats(session, value.expect(TFloat32.class));
    }

    private static float[] loaded(Path model) {
        try (var bundle = SavedModelBundle.load(model.toString(), "serve");
                var fed = TFloat32.tensorOf(Shape.of(1, 2, 2, 1), DataBuffers.of(IMAGE));
                var result = bundle.call(Map.of("images", fed))) {
            var values = new float[3];
            ((TFloat32) result.get("logits").orElseThrow())
                    .asRawTensor()
                    .data()
                    .asFloats()
                    .read(values);
            return values;
        }
    }

    private void writeProgram() {
        var nodes = new ArrayList<NodeDef>(List.of(
                placeholder("images", -1, 2, 2, 1),
                constant("flat/shape", ints(-1, 4)),
                node("flat", "Reshape", "images", "flat/shape"),
                node("w/part_0", "VariableV2", Map.of("shape", GraphText.shape(3, 3))),
                node("w/part_0/read", "Identity", "w/part_0"),
                GraphText.variable("w/part_1", 1, 3),
                SmallModel.read("w/part_1/read", "w/part_1"),
                constant("w/axis", GraphText.intScalar(0)),
                node(
                        "w",
                        "ConcatV2",
                        Map.of("N", integer(2), "Tidx", type(DataType.DT_INT32)),
                        "w/part_0/read",
                        "w/part_1/read",
                        "w/axis"),
                node("logits", "MatMul", "flat", "w"),
                node("save/prefix", "Placeholder", Map.of("dtype", type(DataType.DT_STRING))),
                constant("save/keys", GraphText.strings(List.of("w", "w"))),
                constant("save/slices", GraphText.strings(List.of(UPPER, LOWER))),
                node(
                        "save/RestoreV2",
                        "RestoreV2",
                        Map.of("dtypes", GraphText.floats(2)),
                        "save/prefix",
                        "save/keys",
                        "save/slices"),
                node("save/assign0", "Assign", "w/part_0", "save/RestoreV2"),
                node("save/value1", "Identity", "save/RestoreV2:1"),
                node("save/assign1", "AssignVariableOp", "w/part_1", "save/value1"),
                node("save/restore_all", "NoOp", "^save/assign0", "^save/assign1")));
        var signature = SignatureDef.newBuilder()
                .setMethodName(SmallModel.PREDICT)
                .putInputs("images", SmallModel.info("images:0", -1, 2, 2, 1))
                .putOutputs("logits", SmallModel.info("logits:0", -1, 3));
        var trainable = RefVariableModel.trainable("w/part_0", "w/part_1");
        SmallModel.write(
                directory.resolve("model"),
                SmallModel.metaGraph(GraphText.graph(List.of(), nodes.toArray(NodeDef[]::new)))
                        .setSaverDef(SaverDef.newBuilder()
                                .setFilenameTensorName("save/prefix:0")
                                .setRestoreOpName("save/restore_all")
                                .setVersion(SaverDef.CheckpointFormatVersion.V2))
                        .putCollectionDef("trainable_variables", trainable)
                        .putSignatureDef("serving_default", signature.build())
                        .build());
    }
}
