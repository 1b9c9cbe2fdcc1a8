package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;
import sckd.graph.SessionRuns;
import sckd.graph.TensorBundle;
import sckd.graph.VariableBundle;

/** Variables of other float types than float32: logits [1, 3] are the image (1, 2) times a kernel of that type. */
class FloatTypesTest {
    private static final float[] KERNEL = {1, 2, 3, 4, 5, 6};
    private static final float[] LOGITS = {9, 12, 15};

    @TempDir
    private Path directory;

    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final Ops tf = Ops.create(graph);
    private final Operand<TFloat32> images = tf.constant(new float[][] {{1, 2}});

    @AfterEach
    void close() {
        session.close();
        graph.close();
    }

    private enum Type {
        FLOAT16(TFloat16.class, DataType.DT_HALF),
        BFLOAT16(TBfloat16.class, DataType.DT_BFLOAT16),
        FLOAT64(TFloat64.class, DataType.DT_DOUBLE);

        private final Class<? extends TNumber> type;
        private final DataType dtype;

        Type(Class<? extends TNumber> type, DataType dtype) {
            this.type = type;
            this.dtype = dtype;
        }
    }

    @ParameterizedTest
    @EnumSource(Type.class)
    void aTeacherComputesInItsOwnType(Type type) {
        var teacher = ModelInstance.buildFrozen(tf, "teacher", model(type.type, type.dtype), images, List.of());

        assertThat(GraphRun.floats(session, teacher.logits())).containsExactly(LOGITS);
        assertThat(graph.operation("teacher/dense/MatMul").output(0).dataType()).isEqualTo(type.dtype);
    }

    /** A step of a thousandth is far below the spacing of the type at these values; the float32 variable keeps it. */
    @ParameterizedTest
    @EnumSource(Type.class)
    void aStudentsVariableIsFloat32AndTheGradientReachesIt(Type type) {
        var model = model(type.type, type.dtype);
        var variables = restored(model);
        var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
        var kernel = variables.trainable().get(0);
        var sum = tf.reduceSum(student.logits(), tf.constant(new int[] {0, 1}));
        var gradient = graph
                .addGradients(sum.asOutput(), new Output<?>[] {kernel.value().asOutput()})[0].expect(TFloat32.class);

        assertThat(GraphRun.floats(session, student.logits())).containsExactly(LOGITS);
        assertThat(GraphRun.floats(session, gradient)).containsExactly(1, 1, 1, 2, 2, 2);
        var step = tf.math.sub(kernel.value(), tf.math.mul(tf.constant(.001f), gradient));
        SessionRuns.run(session, List.of(kernel.buildAssign(tf, step)));
        assertThat(GraphRun.floats(session, kernel.value())[0]).isEqualTo(1 - .001f);
    }

    @ParameterizedTest
    @EnumSource(Type.class)
    void anExportHasTheTypesOfTheOriginal(Type type) {
        var model = model(type.type, type.dtype);
        var variables = restored(model);
        var kernel = variables.trainable().get(0);
        SessionRuns.run(session, List.of(kernel.buildAssign(tf, tf.math.mul(kernel.value(), tf.constant(2f)))));
        var target = directory.resolve("student");
        StudentExport.write(model, saved(variables), "student", target);

        var entries = Checkpoint.find(target).orElseThrow().entries();
        assertThat(entries.get("dense/kernel/.VALUE").getDtype()).isEqualTo(type.dtype);
        assertThat(entries.get("slot").getDtype()).isEqualTo(type.dtype);
        assertThat(floats(target, "dense/kernel/.VALUE", type.dtype)).containsExactly(2, 4, 6, 8, 10, 12);
        assertThat(floats(target, "slot", type.dtype)).containsExactly(.5f);
    }

    /** A third has more digits than a float32 holds. */
    @Test
    void whatWasNotTrainedKeepsItsDoublePrecision() {
        var sketch = new ModelSketch();
        var dense = sketch.layer("dense");
        var x = dense.dtypes.cast(sketch.images(-1, 2), TFloat64.class);
        var third = sketch.tf().constant(new double[] {1 / 3., 2 / 3.});
        var kernel = sketch.variable(dense, "kernel", true, Shape.of(2), third, TFloat64.class, DataType.DT_DOUBLE);
        var logits = dense.dtypes.cast(dense.math.mul(x, kernel), TFloat32.class);
        var model = sketch.write(directory.resolve("model"), logits, Map.of("logits", logits));
        var variables = restored(model);
        var variable = variables.trainable().get(0);
        var changed = tf.math.add(variable.value(), tf.constant(new float[] {0, 1}));
        SessionRuns.run(session, List.of(variable.buildAssign(tf, changed)));
        var target = directory.resolve("student");
        StudentExport.write(model, saved(variables), "student", target);

        var restored = new TensorBundle(target.resolve("variables/variables"))
                .buildRestore(tf, List.of("dense/kernel/.VALUE"), List.of(DataType.DT_DOUBLE))
                .get(0);
        try (var result = session.runner().fetch(restored).run()) {
            var values = (TFloat64) result.get(0);
            assertThat(values.getDouble(0)).isEqualTo(1 / 3.);
            assertThat(values.getDouble(1)).isEqualTo((float) (2 / 3.) + 1f);
        }
    }

    private <T extends TNumber> ClassifierModel model(Class<T> type, DataType dtype) {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2);
        var dense = sketch.layer("dense");
        var values = sketch.tf().dtypes.cast(sketch.floats(Shape.of(2, 3), KERNEL), type);
        var kernel = sketch.variable(dense, "kernel", true, Shape.of(2, 3), values, type, dtype);
        sketch.alsoInCheckpoint("slot", sketch.tf().dtypes.cast(sketch.floats(Shape.of(1), .5f), type));
        var logits = dense.dtypes.cast(dense.linalg.matMul(dense.dtypes.cast(x, type), kernel), TFloat32.class);
        return sketch.write(directory.resolve("model"), logits, Map.of("logits", logits));
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

    private float[] floats(Path model, String key, DataType dtype) {
        var value = new TensorBundle(model.resolve("variables/variables"))
                .buildRestore(tf, List.of(key), List.of(dtype))
                .get(0);
        return GraphRun.floats(
                session,
                ModelProgram.buildCast(tf, value, DataType.DT_FLOAT).asOutput().expect(TFloat32.class));
    }
}
