package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.random.RandomShuffle;
import org.tensorflow.op.random.StatelessRandomUniform;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import sckd.graph.SessionRuns;
import sckd.graph.VariableBundle;

class TrainingReaderTest {
    private static final String OWN = "It is trained by its own signature 'train',"
            + " with whatever batch norm, dropout and augmentation that has.";

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

    /** A model in the graph, in training. */
    private record Training(ModelVariables variables, ModelInstance student, VariableBundle bundle) {}

    private Training begin(ClassifierModel model) {
        var variables = ModelVariables.build(tf, "student", model);
        var images = tf.constant(Shape.of(4, 2), DataBuffers.of(TrainableModel.IMAGES));
        var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
        var bundle = VariableBundle.build(
                tf,
                List.copyOf(variables.byHandle().values()),
                List.copyOf(variables.states().values()));
        SessionRuns.run(session, List.of(variables.restore()));
        return new Training(variables, student, bundle);
    }

    private float[] step(Training training) {
        return GraphRun.floats(session, List.of(training.student.logits()), training.student.updates())
                .get(0);
    }

    private float[] moving(Training training) {
        return GraphRun.floats(
                session, training.variables.byHandle().get("layer/mean").value());
    }

    private long seed(Training training) {
        var read = training.variables.states().get("layer/seed").value();
        try (var result = session.runner().fetch(read).run()) {
            return ((TInt64) result.get(0)).getLong();
        }
    }

    @Test
    void aTrainSignatureIsUsedWithItsSideEffects() {
        var model = TrainableModel.write(directory, TrainableModel.Noise.NONE);
        assertThat(model.training().notes()).containsExactly(OWN);
        var training = begin(model);
        var logits = step(training);
        // batch means 9/8 and 3/4; the first image less them, times the kernel
        double[] centred = {1 - 1.125, 2 - .75};
        for (int k = 0; k < 3; k++) {
            double expected = centred[0] * TrainableModel.KERNEL[k] + centred[1] * TrainableModel.KERNEL[3 + k];
            assertThat((double) logits[k]).isCloseTo(expected, Offset.offset(1e-5));
        }
        assertThat(moving(training)).containsExactly((1 + 1.125f) / 2, (-2 + .75f) / 2);
    }

    @Test
    void nothingInTheProgramHasASideEffect() {
        var model = TrainableModel.write(directory, TrainableModel.Noise.BY_SEED);
        var program = model.training().program().orElseThrow();
        assertThat(program.graph().getNodeList()).noneMatch(node -> AllowedOps.mayHaveEffect(node.getOp()));
        assertThat(program.updates().keySet()).containsExactlyInAnyOrder("layer/mean", "layer/seed");
        assertThat(AllowedOps.NAMES).doesNotContain("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp");
    }

    @Test
    void aSeedCountsOnBetweenItsReads() {
        var training = begin(TrainableModel.write(directory, TrainableModel.Noise.BY_SEED));
        var shape = tf.array(4, 3);
        var first = StatelessRandomUniform.create(tf.scope(), shape, tf.array(TrainableModel.SEED, 7L));
        var second = StatelessRandomUniform.create(tf.scope(), shape, tf.array(TrainableModel.SEED + 1, 7L));
        var plain = begin(TrainableModel.write(directory.resolve("plain"), TrainableModel.Noise.NONE), "plain");
        var expected = GraphRun.floats(session, tf.math.mul(plain.student.logits(), tf.math.mul(first, second)));
        assertThat(step(training)).isEqualTo(expected);
        assertThat(seed(training)).isEqualTo(TrainableModel.SEED + 2);
    }

    private Training begin(ClassifierModel model, String prefix) {
        var variables = ModelVariables.build(tf, prefix, model);
        var images = tf.constant(Shape.of(4, 2), DataBuffers.of(TrainableModel.IMAGES));
        SessionRuns.run(session, List.of(variables.restore()));
        return new Training(
                variables, ModelInstance.buildTraining(tf, prefix, model, variables, images, List.of()), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BY_SEED", "OF_THE_RUNTIME"})
    void aResumedTrainingDrawsTheSameNumbers(TrainableModel.Noise noise) {
        var training = begin(TrainableModel.write(directory.resolve("model"), noise));
        step(training);
        training.bundle.save(session, directory.resolve("checkpoint"));
        var second = step(training);
        var third = step(training);
        assertThat(second).isNotEqualTo(third);
        training.bundle.restore(session, directory.resolve("checkpoint"));
        assertThat(step(training)).isEqualTo(second);
        assertThat(step(training)).isEqualTo(third);
    }

    @Test
    void theStateOfAGeneratorIsExportedUnderAllItsKeys() {
        var model = TrainableModel.write(directory.resolve("model"), TrainableModel.Noise.BY_SEED);
        var training = begin(model);
        step(training);
        training.bundle.save(session, directory.resolve("checkpoint"));
        var target = directory.resolve("student");
        StudentExport.write(model, directory.resolve("checkpoint"), "student", target);
        assertThat(seed(begin(ClassifierModel.read(target), "exported"))).isEqualTo(TrainableModel.SEED + 2);
        var state = model.variables().stream()
                .filter(variable -> variable.handle().equals("layer/seed"))
                .findFirst()
                .orElseThrow();
        assertThat(state.keys()).isNotEmpty();
    }

    @Test
    void inferenceStaysAsItWas() {
        var model = TrainableModel.write(directory, TrainableModel.Noise.BY_SEED);
        var variables = ModelVariables.build(tf, "student", model);
        SessionRuns.run(session, List.of(variables.restore()));
        var images = tf.constant(new float[][] {{3, 0}});
        var student = ModelInstance.buildInference(tf, "student", model, variables, images, List.of());
        assertThat(GraphRun.floats(session, student.logits())).containsExactly(2 + 1, 4 - 6, -2 + 2);
    }

    @Test
    void aSignatureThatOnlyDropsOutIsForTraining() {
        var sketch = new TrainableModel();
        var model = sketch.write(directory, "sample", sketch.trainingLogits(TrainableModel.Noise.OF_THE_RUNTIME));
        assertThat(model.training().program().orElseThrow().origin()).isEqualTo("signature 'sample'");
    }

    @Test
    void aSecondSignatureForInferenceIsNot() {
        var sketch = new TrainableModel();
        var model = sketch.write(directory, "other", sketch.trainingLogits(TrainableModel.Noise.NONE));
        assertThat(model.training()).isEqualTo(TrainingMode.UNKNOWN);
    }

    @Test
    void theFusedLayerNormOfKeras2IsNoSignOfTraining() {
        // it is a fused batch norm in training mode over images that were turned into channels, in inference as well
        assertThat(readWithFused(true).training()).isEqualTo(TrainingMode.UNKNOWN);
    }

    @Test
    void aBatchNormThatMovesNothingIsNotUsed() {
        assertNotUsed(readWithFused(false), "it normalises by the batch and moves no averages");
    }

    /** A signature 'train' with a fused norm in training mode; and in inference as well or not. */
    private ClassifierModel readWithFused(boolean alsoInInference) {
        var sketch = new ModelSketch();
        var images = sketch.images(-1, 2, 1, 3);
        var fed = sketch.tf().withName("fed").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 1, 3)));
        var scale = sketch.variable(sketch.layer("layer"), "scale", true, Shape.of(3), 1, 1, 1);
        var inference = buildLogits(sketch.layer("infer"), images, scale, alsoInInference);
        sketch.sign("train", List.of(fed), buildLogits(sketch.layer("train"), fed, scale, true));
        sketch.write(directory, inference, Map.of("logits", inference));
        return ClassifierModel.read(directory);
    }

    private static Operand<TFloat32> buildLogits(
            Ops layer, Operand<TFloat32> images, Operand<TFloat32> scale, boolean isNormalised) {
        var ones = layer.constant(new float[] {1, 1, 1});
        var none = layer.constant(new float[0]);
        Operand<TFloat32> normal = isNormalised
                ? FusedBatchNorm.create(layer.scope(), images, ones, ones, none, none, FusedBatchNorm.isTraining(true))
                        .y()
                : images;
        return layer.math.mul(layer.math.mean(normal, layer.constant(new int[] {1, 2})), scale);
    }

    @Test
    void aTrainingStepOfItsOwnIsNotUsed() {
        var sketch = new TrainableModel();
        var labels = sketch.train.withName("labels").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
        var logits = sketch.train.math.mul(sketch.trainingLogits(TrainableModel.Noise.NONE), labels);
        sketch.sketch.sign("train_step", List.of(sketch.fed, labels), logits);
        sketch.sketch.write(directory, sketch.logits, Map.of("logits", sketch.logits));
        assertThat(ClassifierModel.read(directory).training().notes())
                .containsExactly(
                        "Its signature 'train_step' takes train/fed, train/labels, not the images alone: it is not used for training.");
    }

    @Test
    void aProgramThatAssignsWhatIsTrainedIsNotUsed() {
        var sketch = new TrainableModel();
        sketch.effects.add(AssignVariableOp.create(
                sketch.train.scope(), sketch.sketch.handle("layer/kernel"), sketch.train.math.neg(sketch.kernel)));
        var model = sketch.write(directory, "train", sketch.trainingLogits(TrainableModel.Noise.NONE));
        assertNotUsed(model, "it assigns the variable 'layer/kernel', which is trained");
    }

    @Test
    void aProgramWithAnotherSideEffectIsNotUsed() {
        var sketch = new TrainableModel();
        sketch.moveMean();
        sketch.effects.add(sketch.train.io.writeFile(
                sketch.train.constant(directory.resolve("seen").toString()), sketch.train.constant("text")));
        var model = sketch.write(directory, "train", sketch.trainingLogits(TrainableModel.Noise.NONE));
        assertNotUsed(
                model, "not allowed in a model: WriteFile (node 'train/WriteFile'); expected ops that only compute");
        assertThat(directory.resolve("seen")).doesNotExist();
    }

    @Test
    void aProgramThatDoesNotReadWhatIsTrainedIsNotUsed() {
        var sketch = new TrainableModel();
        sketch.moveMean();
        var logits = sketch.train.linalg.matMul(sketch.fed, sketch.train.constant(new float[2][3]));
        assertNotUsed(sketch.write(directory, "train", logits), "its logits do not depend on 'layer/kernel'");
    }

    @Test
    void aProgramWithOtherLogitsIsNotUsed() {
        var sketch = new TrainableModel();
        sketch.moveMean();
        var logits = sketch.train.concat(
                List.of(sketch.trainingLogits(TrainableModel.Noise.NONE), sketch.fed), sketch.train.constant(1));
        var inference = ModelSketch.name(sketch.logits);
        assertNotUsed(
                sketch.write(directory, "train", logits), "its logits are [?, 5], those of '" + inference + "' [?, 3]");
    }

    private static void assertNotUsed(ClassifierModel model, String reason) {
        assertThat(model.training().program()).isEmpty();
        assertThat(model.training().notes())
                .containsExactly("Its own signature 'train' is not used for training: " + reason + ".");
    }

    @Test
    void anOpThatCannotBeKeyedIsSaid() {
        var sketch = new TrainableModel();
        sketch.moveMean();
        var factors = RandomShuffle.create(sketch.train.scope(), sketch.train.array(1f, 2f, 3f));
        Operand<TFloat32> shuffled = sketch.train.math.mul(sketch.trainingLogits(TrainableModel.Noise.NONE), factors);
        assertThat(sketch.write(directory, "train", shuffled).training().notes())
                .containsExactly(OWN
                        + " RandomShuffle draws numbers that no checkpoint holds: a resumed run gives other weights.");
    }

    @Test
    void aStatedMomentumIsThatOfTheInferenceGraph() {
        var model =
                TrainableModel.write(directory, TrainableModel.Noise.BY_SEED).withBatchNormMomentum(.5f);
        assertThat(model.training().program()).isEmpty();
        assertThat(model.training().notes())
                .containsExactly("Its own signature 'train' is not used for training, as batchNormMomentum is stated:"
                        + " its inference graph is, without dropout.");
        assertThat(ModelVariables.build(tf, "student", model).states()).isEmpty();
    }

    @Test
    void aModelWithoutItsMomentumIsSaid() {
        BatchNormModel.writeFused(directory);
        assertThat(ClassifierModel.read(directory).training())
                .isEqualTo(new TrainingMode(
                        Optional.empty(),
                        Map.of(),
                        List.of("The momentum of its batch norms is not in the file; they are trained with 0.99"
                                + " (batchNormMomentum states another).")));
    }
}
