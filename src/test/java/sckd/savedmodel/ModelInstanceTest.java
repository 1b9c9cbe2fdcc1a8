package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sckd.savedmodel.BatchNormModel.IMAGES;

import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import sckd.UserException;
import sckd.graph.SessionRuns;

class ModelInstanceTest {
    private static final double[] MOVING_MEAN = BatchNormModel.doubles(BatchNormModel.MEAN);
    private static final double[] MOVING_VARIANCE = BatchNormModel.doubles(BatchNormModel.VARIANCE);

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
    void inferenceNormalisesByTheMovingAverages() {
        var model = BatchNormModel.writeFused(directory);
        var variables = restored("student", model);
        var student = ModelInstance.buildInference(tf, "student", model, variables, images, List.of("norm"));
        var normal = BatchNormModel.normalise(BatchNormModel.doubles(IMAGES), MOVING_MEAN, MOVING_VARIANCE, true, true);
        assertClose(GraphRun.floats(session, student.features().get("norm")), normal);
        assertClose(GraphRun.floats(session, student.logits()), BatchNormModel.logits(normal));
        assertThat(student.updates()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"FUSED, true, true", "DECOMPOSED, true, true", "DECOMPOSED, false, true", "DECOMPOSED, true, false"})
    void trainingNormalisesByTheBatchAndMovesTheAverages(BatchNorm.Form form, boolean hasGamma, boolean hasBeta) {
        var model = BatchNormModel.write(directory, form, hasGamma, hasBeta);
        var variables = restored("student", model);
        var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of("norm"));

        var x = BatchNormModel.doubles(IMAGES);
        var mean = BatchNormModel.batchMean(x);
        var variance = BatchNormModel.batchVariance(x);
        var normal = BatchNormModel.normalise(x, mean, variance, hasGamma, hasBeta);
        var fetched =
                GraphRun.floats(session, List.of(student.features().get("norm"), student.logits()), student.updates());
        assertClose(fetched.get(0), normal);
        assertClose(fetched.get(1), BatchNormModel.logits(normal));

        double bessel = form == BatchNorm.Form.FUSED ? 4. / 3 : 1;
        double momentum = .75;
        for (int c = 0; c < 2; c++) {
            mean[c] = momentum * MOVING_MEAN[c] + (1 - momentum) * mean[c];
            variance[c] = momentum * MOVING_VARIANCE[c] + (1 - momentum) * bessel * variance[c];
        }
        assertClose(
                GraphRun.floats(session, variables.byHandle().get("norm/mean").value()), mean);
        assertClose(
                GraphRun.floats(
                        session, variables.byHandle().get("norm/variance").value()),
                variance);
    }

    @Test
    void withoutAMomentumInItsCardAModelHasThatOfKeras() {
        var known = BatchNormModel.writeFused(directory);
        var model = new ClassifierModel(
                known.directory(),
                known.graph(),
                known.input(),
                known.logits(),
                known.outputs(),
                known.features(),
                known.variables(),
                ModelCard.EMPTY,
                ModelSettings.NONE,
                TrainingMode.UNKNOWN,
                known.notes());
        var variables = restored("student", model);
        var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
        SessionRuns.run(session, student.updates());
        var mean = BatchNormModel.batchMean(BatchNormModel.doubles(IMAGES));
        assertClose(
                GraphRun.floats(session, variables.byHandle().get("norm/mean").value()),
                .99 * MOVING_MEAN[0] + .01 * mean[0],
                .99 * MOVING_MEAN[1] + .01 * mean[1]);
    }

    @Test
    void aBatchOfVectorsIsNormalisedOverTheBatch() {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2);
        var norm = sketch.layer("norm");
        var mean = sketch.variable(norm, "mean", false, Shape.of(2), 0, 0);
        var variance = sketch.variable(norm, "variance", false, Shape.of(2), 1, 1);
        var m = norm.math.rsqrt(norm.math.add(variance, norm.constant(BatchNormModel.EPSILON)));
        var logits = norm.math.add(norm.math.mul(x, m), norm.math.mul(norm.math.neg(mean), m));
        var model = sketch.write(directory, logits, Map.of("logits", logits));

        var vectors = tf.constant(Shape.of(4, 2), DataBuffers.of(IMAGES));
        var student = ModelInstance.buildTraining(tf, "student", model, restored("student", model), vectors, List.of());
        var values = BatchNormModel.doubles(IMAGES);
        assertClose(
                GraphRun.floats(session, student.logits()),
                BatchNormModel.normalise(
                        values, BatchNormModel.batchMean(values), BatchNormModel.batchVariance(values), false, false));
        assertThat(student.logits().shape().get(1)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"FUSED", "DECOMPOSED"})
    void trainingGradientsAgreeWithCentralDifferences(BatchNorm.Form form) {
        var model = BatchNormModel.write(directory, form, true, true);
        var variables = restored("student", model);
        var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
        var weights = tf.constant(new float[][] {{1, -2, .5f}, {3, 1, -1}});
        var loss = tf.reduceSum(
                tf.math.mul(tf.math.mul(student.logits(), student.logits()), weights), tf.constant(new int[] {0, 1}));
        for (var variable : variables.trainable()) {
            var gradient = graph.addGradients(
                            loss.asOutput(), new Output<?>[] {variable.value().asOutput()})[0];
            var values = GraphRun.floats(session, variable.value());
            var fed = tf.placeholder(TFloat32.class);
            var assign = variable.buildAssign(tf, fed);
            var numeric = new double[values.length];
            float step = 1e-2f;
            for (int i = 0; i < values.length; i++) {
                numeric[i] = (lossAt(assign, fed, variable.shape(), values, i, step, loss)
                                - lossAt(assign, fed, variable.shape(), values, i, -step, loss))
                        / (2 * step);
            }
            lossAt(assign, fed, variable.shape(), values, 0, 0, loss); // as it was
            double largest = 0;
            for (double component : numeric) {
                largest = Math.max(largest, Math.abs(component));
            }
            var analytic = GraphRun.floats(session, gradient.expect(TFloat32.class));
            for (int i = 0; i < numeric.length; i++) {
                assertThat((double) analytic[i])
                        .as(variable.name())
                        .isCloseTo(numeric[i], Offset.offset(1e-3 * largest));
            }
        }
    }

    private double lossAt(
            Op assign,
            Operand<TFloat32> fed,
            Shape shape,
            float[] values,
            int index,
            float step,
            Operand<TFloat32> loss) {
        var moved = values.clone();
        moved[index] += step;
        try (var tensor = TFloat32.tensorOf(shape, DataBuffers.of(moved));
                var result =
                        session.runner().feed(fed, tensor).addTarget(assign).run()) {
            return GraphRun.floats(session, loss)[0];
        }
    }

    @Test
    void instancesShareTheVariablesAndTheirReads() {
        var model = BatchNormModel.writeFused(directory);
        var variables = restored("student", model);
        var first = ModelInstance.buildInference(tf, "student", model, variables, images, List.of());
        var second = ModelInstance.buildInference(tf, "student", model, variables, images, List.of());
        assertThat(count("VarHandleOp")).isEqualTo(5);
        assertThat(count("ReadVariableOp")).isEqualTo(5);

        var zero = variables.byHandle().get("dense/kernel").buildAssign(tf, tf.zeros(tf.array(2, 3), TFloat32.class));
        SessionRuns.run(session, List.of(zero));
        assertThat(GraphRun.floats(session, first.logits())).containsOnly(0);
        assertThat(GraphRun.floats(session, second.logits())).containsOnly(0);
    }

    @Test
    void modelsWithEqualLayerNamesStayApart() {
        var model = BatchNormModel.writeFused(directory);
        var one = restored("one", model);
        var other = restored("other", model);
        var ofOne = ModelInstance.buildInference(tf, "one", model, one, images, List.of());
        var ofOther = ModelInstance.buildInference(tf, "other", model, other, images, List.of());
        var before = GraphRun.floats(session, ofOther.logits());
        var kernel = one.byHandle().get("dense/kernel");
        SessionRuns.run(session, List.of(kernel.buildAssign(tf, tf.zeros(tf.array(2, 3), TFloat32.class))));
        assertThat(GraphRun.floats(session, ofOne.logits())).containsOnly(0);
        assertThat(GraphRun.floats(session, ofOther.logits())).isEqualTo(before);
    }

    @Test
    void aFrozenModelHasNoVariablesAndGivesNoGradient() {
        var model = BatchNormModel.writeFused(directory);
        var x = tf.identity(images);
        var teacher = ModelInstance.buildFrozen(tf, "teacher", model, x, List.of("norm"));
        assertThat(count("VarHandleOp")).isZero();
        var normal = BatchNormModel.normalise(BatchNormModel.doubles(IMAGES), MOVING_MEAN, MOVING_VARIANCE, true, true);
        assertClose(GraphRun.floats(session, teacher.features().get("norm")), normal);
        assertClose(GraphRun.floats(session, teacher.logits()), BatchNormModel.logits(normal));

        // the teacher's part of this sum must add nothing to the gradient of x's own part, which is 1
        var sum = tf.math.add(
                buildSum(x),
                tf.math.add(
                        buildSum(teacher.logits()), buildSum(teacher.features().get("norm"))));
        var gradient = graph.addGradients(sum.asOutput(), new Output<?>[] {x.asOutput()})[0];
        assertThat(GraphRun.floats(session, gradient.expect(TFloat32.class))).containsOnly(1);
    }

    private Operand<TFloat32> buildSum(Operand<TFloat32> tensor) {
        return tf.reduceSum(tf.reshape(tensor, tf.array(-1)), tf.constant(0));
    }

    @Test
    void onlyWhatIsAskedForIsAdded() {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2);
        var logits = sketch.layer("used").math.neg(x);
        var other = sketch.layer("unused").math.sqrt(x);
        var model = sketch.write(directory, logits, Map.of("logits", logits, "other", other));
        var vectors = tf.constant(new float[][] {{1, 2}});
        var student =
                ModelInstance.buildInference(tf, "student", model, restored("student", model), vectors, List.of());
        assertThat(GraphRun.floats(session, student.logits())).containsExactly(-1, -2);
        assertThat(student.logits().op().name()).isEqualTo("student/used/Neg");
        assertThat(count("Sqrt")).isZero();
    }

    @Test
    void listsOfTensorsAndControlInputsAreKept() {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2);
        var tf1 = sketch.layer("lists");
        var gate = tf1.noOp();
        var two = tf1.concat(List.of(x, tf1.math.neg(x)), tf1.constant(1));
        var logits = tf1.withControlDependencies(List.of(gate)).identity(two);
        var model = sketch.write(directory, logits, Map.of("logits", logits));
        var vectors = tf.constant(new float[][] {{1, 2}});
        var student =
                ModelInstance.buildInference(tf, "student", model, restored("student", model), vectors, List.of());
        assertThat(GraphRun.floats(session, student.logits())).containsExactly(1, 2, -1, -2);
        assertThat(graph.operation("student/lists/NoOp")).isNotNull();
    }

    /** A model whose logits are its two inputs times a whole number, 7 in its checkpoint. */
    private ClassifierModel modelWithCounter(boolean trainable) {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2);
        var layer = sketch.layer("counted");
        var counter = sketch.variable(
                layer, "counter", trainable, Shape.scalar(), sketch.tf().constant(7L), TInt64.class, DataType.DT_INT64);
        var logits = layer.math.mul(x, layer.dtypes.cast(counter, TFloat32.class));
        return sketch.write(directory, logits, Map.of("logits", logits));
    }

    @Test
    void variablesOfOtherTypesKeepTheValueOfTheCheckpoint() {
        var model = modelWithCounter(false);
        var variables = restored("student", model);
        assertThat(variables.byHandle()).isEmpty();
        var vectors = tf.constant(new float[][] {{1, 2}});
        var student = ModelInstance.buildTraining(tf, "student", model, variables, vectors, List.of());
        assertThat(GraphRun.floats(session, student.logits())).containsExactly(7, 14);
    }

    @Test
    void imagesAndLogitsOfAnotherTypeAreConverted() {
        var sketch = new ModelSketch();
        var logits = sketch.tf().math.neg(sketch.images(TFloat64.class, -1, 2));
        var model = sketch.write(directory, logits, Map.of("logits", logits));
        var vectors = tf.constant(new float[][] {{1, 2}});
        var teacher = ModelInstance.buildFrozen(tf, "teacher", model, vectors, List.of());
        assertThat(GraphRun.floats(session, teacher.logits())).containsExactly(-1, -2);
    }

    @Test
    void aTrainableVariableOfAnotherTypeIsRefused() {
        var model = modelWithCounter(true);
        assertThatThrownBy(() -> ModelVariables.build(tf, "student", model))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        directory
                                + ": variable 'counted/counter' is DT_INT64; expected a float type, which alone can be trained");
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        var model = BatchNormModel.writeFused(directory);
        var large = tf.zeros(tf.array(2, 4, 4, 3), TFloat32.class);
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "teacher", model, large, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "images are [2, 4, 4, 3]; " + directory
                                + " takes [?, 2, 1, 2]; 2 channels cannot be made of 3: use images of as many channels, or another model");
    }

    @Test
    void anUnknownLayerIsAnsweredWithTheNearest() {
        var model = BatchNormModel.writeFused(directory);
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "teacher", model, images, List.of("nrom")))
                .isInstanceOf(UserException.class)
                .hasMessage("unknown layer 'nrom' of " + directory + "; nearest: norm");
    }

    @Test
    void aFeatureMayBeNamedByItsTensor() {
        var model = BatchNormModel.writeFused(directory);
        var tensor = model.features().get("norm").toString();
        var teacher = ModelInstance.buildFrozen(tf, "teacher", model, images, List.of("norm", tensor, "mean/Mean"));
        assertThat(GraphRun.floats(session, teacher.features().get(tensor)))
                .isEqualTo(GraphRun.floats(session, teacher.features().get("norm")));
        assertThat(teacher.features().get("mean/Mean").shape().get(1)).isEqualTo(2);
    }

    private ClassifierModel modelWithIds() {
        var sketch = new ModelSketch();
        var logits = sketch.images(-1, 2, 1, 2);
        var best = sketch.tf().withName("best").math.argMax(logits, sketch.tf().constant(1));
        return sketch.write(directory.resolve("ids"), logits, Map.of("logits", logits, "best", best));
    }

    @Test
    void aTensorThatIsNoFeatureIsRefused() {
        var model = BatchNormModel.writeFused(directory);
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "a", model, images, List.of("mean/Maen:0")))
                .isInstanceOf(UserException.class)
                .hasMessage("unknown layer 'mean/Maen:0' of " + directory + "; nearest: mean/Mean:0");
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "b", model, images, List.of("mean/Mean:1")))
                .isInstanceOf(UserException.class)
                .hasMessage(directory
                        + ": node 'mean/Mean' (Mean) has 1 tensors, numbered from 0; there is no 'mean/Mean:1'");
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "d", modelWithIds(), images, List.of("best")))
                .isInstanceOf(UserException.class)
                .hasMessage(directory.resolve("ids") + ": the feature 'best' is DT_INT64; expected floats");
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "c", model, images, List.of("norm/gamma:0")))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        directory + ": the tensor 'norm/gamma:0' does not depend on the images; choose one that does");
    }

    @Test
    void aSecondInputIsRefused() {
        var sketch = new ModelSketch();
        var x = sketch.images(-1, 2);
        var logits = sketch.tf().math.add(x, sketch.tf().withName("scale").placeholder(TFloat32.class));
        var model = sketch.write(directory, logits, Map.of("logits", logits));
        var vectors = tf.constant(new float[][] {{1, 2}});
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "teacher", model, vectors, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessage(directory + ": input 'scale' has no value; expected 'images' as the only input");
    }

    @Test
    void aCheckpointThatIsGoneIsNamed() throws Exception {
        var model = BatchNormModel.writeFused(directory);
        Files.delete(directory.resolve("variables/variables.index"));
        assertThatThrownBy(() -> ModelInstance.buildFrozen(tf, "teacher", model, images, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(directory + ": its checkpoint cannot be read: ");
    }

    private ModelVariables restored(String prefix, ClassifierModel model) {
        var variables = ModelVariables.build(tf, prefix, model);
        SessionRuns.run(session, List.of(variables.restore()));
        return variables;
    }

    private long count(String kind) {
        return ImmutableList.copyOf(graph.operations()).stream()
                .filter(operation -> operation.type().equals(kind))
                .count();
    }

    /** Within 1e-5 of the largest. */
    private static void assertClose(float[] actual, double... expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], Offset.offset(1e-5 * largest));
        }
    }
}
