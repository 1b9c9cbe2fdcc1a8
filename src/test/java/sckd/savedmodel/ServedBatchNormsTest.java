package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignSubVariableOp;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import sckd.UserException;
import sckd.graph.SessionRuns;
import sckd.graph.VariableBundle;

/** Models of one signature, {@code serving_default}, whose batch norm was saved in training mode, over images {@code [n, 1, 2, 2]}. */
class ServedBatchNormsTest {
    private static final float[] GAMMA = {2, .5f};
    private static final float[] BETA = {1, -1};
    private static final float[] MEAN = {.5f, -1};
    private static final float[] VARIANCE = {4, .25f};
    private static final float[] KERNEL = {1, 2, -1, .5f, -3, 1};
    private static final float EPSILON = 1e-3f;
    private static final float MOMENTUM = .9f;
    private static final int IMAGES = 3;
    private static final float[] PIXELS = pixels();

    @TempDir
    private Path directory;

    /** How the statistics are taken and the averages moved. */
    enum Form {
        /** {@code average ← average · momentum + statistic · (1 − momentum)}. */
        KERAS_3,
        /** {@code average ← average − (average − statistic) · (1 − momentum)}. */
        KERAS_2,
        /** The same of the fused op's statistics. */
        FUSED,
        /** The fused op moves the averages. */
        FUSED_WITH_MOMENTUM,
        /** As Keras 3, but images are normalised by the statistics in another shape. */
        OTHER_SHAPE
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "OTHER_SHAPE")
    void inferenceTakesTheAverages(Form form) {
        var model = write(form);

        assertThat(model.notes()).containsExactly(ServedBatchNorms.NOTE);
        assertThat(model.graph().getNodeList()).noneMatch(node -> Effects.assignsWeights(node));
        assertThat(model.normalizesOverBatch()).isTrue();
        try (var run = new Run(model, false)) {
            Rewriting.assertClose(run.logits(), logits(MEAN, VARIANCE), 1e-6);
        }
    }

    /** By what is served itself: by the batch's statistics, with the momentum that stands there. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "OTHER_SHAPE")
    void trainingTakesTheBatchAndMovesTheAverages(Form form) {
        var model = write(form);
        var mean = new float[2];
        var variance = new float[2];
        takeStatistics(mean, variance);
        double bessel = form == Form.FUSED || form == Form.FUSED_WITH_MOMENTUM ? IMAGES * 2. / (IMAGES * 2 - 1) : 1;

        assertThat(model.training().notes())
                .containsExactly("It is trained by its own signature 'serving_default',"
                        + " with whatever batch norm, dropout and augmentation that has.");
        try (var run = new Run(model, true)) {
            Rewriting.assertClose(run.logits(), logits(mean, variance), 1e-5);
            for (int k = 0; k < 2; k++) {
                assertClose(run.value("norm/mean")[k], MOMENTUM * MEAN[k] + (1 - MOMENTUM) * mean[k]);
                assertClose(
                        run.value("norm/variance")[k], MOMENTUM * VARIANCE[k] + (1 - MOMENTUM) * bessel * variance[k]);
            }
        }
    }

    @Test
    void anExportServesInTrainingModeAsItCame() throws IOException {
        var model = write(Form.KERAS_3);
        var checkpoint = directory.resolve("checkpoint");
        var exported = directory.resolve("exported");
        try (var run = new Run(model, true)) {
            run.logits();
            run.save(checkpoint);
            StudentExport.write(model, checkpoint, "student", exported);

            assertThat(exported.resolve("saved_model.pb"))
                    .hasBinaryContent(Files.readAllBytes(model.directory().resolve("saved_model.pb")));
            try (var again = new Run(ClassifierModel.read(exported), false)) {
                assertThat(again.value("norm/mean")).containsExactly(run.value("norm/mean"));
            }
        }
    }

    @Test
    void statisticsInAnotherShapeAreRefused() {
        assertThatThrownBy(() -> write(Form.OTHER_SHAPE))
                .isInstanceOf(UserException.class)
                .hasMessageEndingWith(
                        "saved_model.pb: not allowed in a model: AssignVariableOp (node 'norm/move_mean'),"
                                + " AssignVariableOp (node 'norm/move_variance'); expected ops that only compute");
    }

    /** A model in a graph, in training or in inference. */
    private static final class Run implements AutoCloseable {
        private final Graph graph = new Graph();
        private final Session session = new Session(graph);
        private final Ops tf = Ops.create(graph);
        private final ModelVariables variables;
        private final ModelInstance instance;

        Run(ClassifierModel model, boolean training) {
            variables = ModelVariables.build(tf, "student", model);
            var images = tf.constant(Shape.of(IMAGES, 1, 2, 2), DataBuffers.of(PIXELS));
            instance = training
                    ? ModelInstance.buildTraining(tf, "student", model, variables, images, List.of())
                    : ModelInstance.buildInference(tf, "student", model, variables, images, List.of());
            SessionRuns.run(session, List.of(variables.restore()));
        }

        float[] logits() {
            return GraphRun.floats(session, List.of(instance.logits()), instance.updates())
                    .get(0);
        }

        float[] value(String handle) {
            return GraphRun.floats(session, variables.byHandle().get(handle).value());
        }

        void save(Path checkpoint) {
            VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).save(session, checkpoint);
        }

        @Override
        public void close() {
            session.close();
            graph.close();
        }
    }

    private ClassifierModel write(Form form) {
        var sketch = new ModelSketch();
        var images = sketch.images(-1, 1, 2, 2);
        var tf = sketch.layer("norm");
        var norm = new Norm(
                tf,
                sketch,
                images,
                sketch.variable(tf, "mean", false, Shape.of(2), MEAN),
                sketch.variable(tf, "variance", false, Shape.of(2), VARIANCE),
                sketch.variable(tf, "gamma", true, Shape.of(2), GAMMA),
                sketch.variable(tf, "beta", true, Shape.of(2), BETA));
        var answer =
                switch (form) {
                    case FUSED, FUSED_WITH_MOMENTUM -> norm.fused(form);
                    default -> norm.written(form);
                };
        var kernel = sketch.variable(sketch.layer("dense"), "kernel", true, Shape.of(2, 3), KERNEL);
        var pooled = sketch.tf().math.mean(answer.y(), sketch.tf().array(1, 2));
        var logits = sketch.tf()
                .withControlDependencies(answer.moves())
                .identity(sketch.tf().linalg.matMul(pooled, kernel));
        var place = directory.resolve("model");
        sketch.write(place, logits, Map.of("logits", logits));
        return ClassifierModel.read(place);
    }

    private record Answer(Operand<TFloat32> y, List<Op> moves) {}

    private record Norm(
            Ops tf,
            ModelSketch sketch,
            Operand<TFloat32> x,
            Operand<TFloat32> mean,
            Operand<TFloat32> variance,
            Operand<TFloat32> gamma,
            Operand<TFloat32> beta) {
        Answer written(Form form) {
            var axes = tf.array(0, 1, 2);
            var kept = tf.math.mean(x, axes, Mean.keepDims(true));
            var keptVariance =
                    tf.math.mean(tf.math.squaredDifference(x, tf.stopGradient(kept)), axes, Mean.keepDims(true));
            var batchMean = tf.squeeze(kept);
            var batchVariance = tf.squeeze(keptVariance);
            boolean isOther = form == Form.OTHER_SHAPE;
            var root = tf.math.rsqrt(tf.math.add(isOther ? keptVariance : batchVariance, tf.constant(EPSILON)));
            var factor = tf.math.mul(root, gamma);
            var offset = tf.math.sub(beta, tf.math.mul(isOther ? kept : batchMean, factor));
            var y = tf.math.add(tf.math.mul(x, factor), offset);
            return new Answer(
                    y, List.of(move(form, "mean", mean, batchMean), move(form, "variance", variance, batchVariance)));
        }

        Answer fused(Form form) {
            boolean moves = form == Form.FUSED_WITH_MOMENTUM;
            var none = tf.constant(new float[0]);
            var fused = FusedBatchNorm.create(
                    tf.scope(),
                    x,
                    gamma,
                    beta,
                    moves ? mean : none,
                    moves ? variance : none,
                    FusedBatchNorm.epsilon(EPSILON),
                    FusedBatchNorm.exponentialAvgFactor(moves ? 1 - MOMENTUM : 1f),
                    FusedBatchNorm.isTraining(true));
            return new Answer(
                    fused.y(),
                    List.of(
                            move(form, "mean", mean, fused.batchMean()),
                            move(form, "variance", variance, fused.batchVariance())));
        }

        private Op move(Form form, String name, Operand<TFloat32> average, Operand<TFloat32> statistic) {
            var scope = tf.scope().withName("move_" + name);
            var handle = sketch.handle("norm/" + name);
            return switch (form) {
                case FUSED_WITH_MOMENTUM -> AssignVariableOp.create(scope, handle, statistic);
                case KERAS_2, FUSED -> {
                    var difference = tf.math.sub(average, statistic);
                    var rest = tf.math.sub(tf.constant(1f), tf.constant(MOMENTUM));
                    yield AssignSubVariableOp.create(scope, handle, tf.math.mul(difference, rest));
                }
                case KERAS_3, OTHER_SHAPE -> {
                    var kept = tf.math.mul(average, tf.constant(MOMENTUM));
                    var added = tf.math.mul(statistic, tf.constant(1 - MOMENTUM));
                    yield AssignVariableOp.create(scope, handle, tf.math.add(kept, added));
                }
            };
        }
    }

    private static float[] pixels() {
        var random = new Random(4);
        var pixels = new float[IMAGES * 2 * 2];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return pixels;
    }

    private static void takeStatistics(float[] mean, float[] variance) {
        int values = IMAGES * 2;
        for (int k = 0; k < 2; k++) {
            double sum = 0;
            for (int i = k; i < PIXELS.length; i += 2) {
                sum += PIXELS[i];
            }
            double squares = 0;
            for (int i = k; i < PIXELS.length; i += 2) {
                squares += Math.pow(PIXELS[i] - sum / values, 2);
            }
            mean[k] = (float) (sum / values);
            variance[k] = (float) (squares / values);
        }
    }

    /** The norm with these statistics, the mean over an image's two pixels, the kernel. */
    private static double[] logits(float[] mean, float[] variance) {
        var logits = new double[IMAGES * 3];
        for (int i = 0; i < PIXELS.length; i++) {
            int k = i % 2;
            double y = GAMMA[k] * (PIXELS[i] - mean[k]) / Math.sqrt(variance[k] + EPSILON) + BETA[k];
            for (int unit = 0; unit < 3; unit++) {
                logits[i / 4 * 3 + unit] += y / 2 * KERNEL[3 * k + unit];
            }
        }
        return logits;
    }

    private static void assertClose(float actual, double expected) {
        Rewriting.assertClose(new float[] {actual}, new double[] {expected}, 1e-5);
    }
}
