package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.random.RandomUniform;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import sckd.UserException;
import sckd.graph.SessionRuns;

/** Models of grey 2×2 images {@code x}, whose pixels and one other input, {@code place}, make the logits by one kernel. */
class OtherInputsTest {
    private static final int PIXELS = 4;
    private static final int CLASSES = 3;
    /** Of the pixels, then of two further inputs. */
    private static final float[] KERNEL = {1, 2, -1, .5f, -3, 1, 4, 0, 2, -2, 1, 1, 3, -1, 2, 5, 1, -4};

    private static final float[] FIRST = {1, -2, .5f, 3};

    @TempDir
    private Path directory;

    private Path model() {
        return directory.resolve("model");
    }

    private static ModelSettings stated(Map<String, Double> numbers) {
        return ModelSettings.NONE.withInput(InputSettings.NONE.withOthers(numbers));
    }

    private static ModelSettings place(double number) {
        return stated(Map.of("place", number));
    }

    /** What a signature makes of a batch of images and one other input. */
    private interface Logits {
        Operand<?> build(Ops tf, Operand<TFloat32> pixels, Operand<?> place, Operand<TFloat32> kernel);
    }

    /** {@code [pixels, place] · kernel}. */
    private static final Logits OF_BOTH = (tf, pixels, place, kernel) -> {
        var half = tf.withSubScope("branch").math.mul(floats(tf, place), tf.constant(.5f));
        var whole = tf.withSubScope("branch").math.add(half, half);
        return tf.linalg.matMul(tf.withSubScope("both").concat(List.of(pixels, whole), tf.constant(1)), kernel);
    };

    private static Operand<TFloat32> floats(Ops tf, Operand<?> tensor) {
        return tf.dtypes.cast(tensor, TFloat32.class);
    }

    /** Writes it with a signature for each, of inputs of its own. */
    private void write(DataType dtype, Shape images, Shape place, Map<String, Logits> signatures) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var kernel = SavedVariable.build(tf, "kernel", Shape.of(PIXELS + 2, CLASSES), true, () -> KERNEL);
            var written = new LinkedHashMap<String, GraphSignature>();
            signatures.forEach((name, logits) -> {
                var x = tf.withName(name + "_x").placeholder(TFloat32.class, Placeholder.shape(images));
                var other = ModelProgram.buildPlaceholder(tf, dtype, place);
                var pixels = tf.reshape(buildParts(tf, x), tf.array(-1, PIXELS));
                var made = logits.build(tf, pixels, other, kernel.variable().value());
                written.put(name, new GraphSignature(Map.of("x", x, "place", other), Map.of("logits", made)));
            });
            SavedModelWriter.write(
                    new SavedModelWriter.Source(graph, List.of(kernel), written, ModelCard.EMPTY), model());
        }
    }

    /** A fixed batch is taken apart and put together again, which cannot be rewritten. */
    private static Operand<TFloat32> buildParts(Ops tf, Operand<TFloat32> images) {
        long batch = images.shape().get(0);
        return batch < 0
                ? images
                : tf.stack(new ArrayList<>(
                        tf.<TFloat32>unstack(images, batch, Unstack.axis(0L)).output()));
    }

    private void write(DataType dtype, Shape place, Logits logits) {
        write(dtype, Shape.of(-1, 2, 2, 1), place, Map.of("serving_default", logits));
    }

    private ClassifierModel readBoth(double number) {
        write(DataType.DT_FLOAT, Shape.of(-1, 2), OF_BOTH);
        return ClassifierModel.read(model(), place(number));
    }

    /** The i-th image is the first one plus i. */
    private static float[] pixels(int batch) {
        var pixels = new float[batch * PIXELS];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = FIRST[i % PIXELS] + i / PIXELS;
        }
        return pixels;
    }

    private static double[] expected(int batch, double place) {
        var pixels = pixels(batch);
        var logits = new double[batch * CLASSES];
        for (int i = 0; i < batch; i++) {
            for (int k = 0; k < CLASSES; k++) {
                for (int j = 0; j < PIXELS + 2; j++) {
                    double input = j < PIXELS ? pixels[i * PIXELS + j] : place;
                    logits[i * CLASSES + k] += input * KERNEL[j * CLASSES + k];
                }
            }
        }
        return logits;
    }

    private static Operand<TFloat32> images(Ops tf, int batch) {
        return tf.constant(Shape.of(batch, 2, 2, 1), DataBuffers.of(pixels(batch)));
    }

    private static float[] frozen(ClassifierModel model, int batch) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = images(tf, batch);
            var instance = model.fixedBatch().isPresent()
                    ? new FixedBatch(model.fixedBatch().getAsInt())
                            .build(
                                    tf,
                                    images,
                                    batch,
                                    part -> ModelInstance.buildFrozen(tf, "model", model, part, List.of()))
                    : ModelInstance.buildFrozen(tf, "model", model, images, List.of());
            return GraphRun.floats(session, instance.logits());
        }
    }

    private static void assertClose(float[] actual, double... expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyImageIsGivenTheNumber(int batch) {
        assertClose(frozen(readBoth(.75), batch), expected(batch, .75));
    }

    @Test
    void aStudentIsGivenItInTrainingAndInEvaluation() {
        var model = readBoth(-1.5);
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = ModelVariables.build(tf, "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            var trained = ModelInstance.buildTraining(tf, "student", model, variables, images(tf, 3), List.of());
            var evaluated = ModelInstance.buildInference(tf, "evaluated", model, variables, images(tf, 2), List.of());
            assertClose(GraphRun.floats(session, trained.logits()), expected(3, -1.5));
            assertClose(GraphRun.floats(session, evaluated.logits()), expected(2, -1.5));
        }
    }

    /** A factor of all logits: a scalar, or one for each image. */
    @ParameterizedTest
    @CsvSource({
        "DT_FLOAT, 1.5", "DT_DOUBLE, 1.5", "DT_HALF, 1.5", "DT_BFLOAT16, 1.5", "DT_INT8, -3", "DT_INT16, -3",
        "DT_INT32, -3", "DT_INT64, -3", "DT_UINT8, 200", "DT_UINT16, 300", "DT_BOOL, 1", "DT_BOOL, 0"
    })
    void numbersOfEveryType(DataType dtype, double number) {
        for (var shape : List.of(Shape.scalar(), Shape.of(-1), Shape.of(1), Shape.unknown())) {
            directory = directory.resolve("next");
            write(dtype, shape, (tf, pixels, factor, kernel) -> {
                var product = tf.linalg.matMul(pixels, tf.slice(kernel, tf.array(0, 0), tf.array(PIXELS, CLASSES)));
                return tf.math.mul(product, tf.reshape(floats(tf, factor), tf.array(-1, 1)));
            });
            var expected = expected(2, 0);
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= number;
            }
            assertClose(frozen(ClassifierModel.read(model(), place(number)), 2), expected);
        }
    }

    @Test
    void whatATypeDoesNotHoldIsRefused() {
        assertRefused(
                DataType.DT_INT32,
                Shape.of(-1, 2),
                .5,
                "(DT_INT32 [?, 2]) is to be fed 0.5; expected a number that DT_INT32 holds");
        assertRefused(
                DataType.DT_UINT8,
                Shape.of(-1, 2),
                256,
                "(DT_UINT8 [?, 2]) is to be fed 256; expected a number that DT_UINT8 holds");
        assertRefused(
                DataType.DT_HALF,
                Shape.of(-1, 2),
                1e5,
                "(DT_HALF [?, 2]) is to be fed 100000; expected a number that DT_HALF holds");
        assertRefused(
                DataType.DT_FLOAT,
                Shape.of(-1, 2),
                1e39,
                "(DT_FLOAT [?, 2]) is to be fed 1.0E39; expected a number that DT_FLOAT holds");
        assertRefused(DataType.DT_BOOL, Shape.of(-1, 2), 2, "(DT_BOOL [?, 2]) is to be fed 2; expected 0 or 1");
        assertRefused(DataType.DT_BOOL, Shape.of(-1, 2), .5, "(DT_BOOL [?, 2]) is to be fed 0.5; expected 0 or 1");
    }

    @Test
    void sizesThatNobodyKnowsAreRefused() {
        assertRefused(
                DataType.DT_FLOAT,
                Shape.of(-1, -1),
                0,
                "(DT_FLOAT [?, ?]) is to be fed 0; expected sizes that are known but for the first, the number of images");
    }

    @Test
    void aTextIsGivenNoNumber() {
        write(DataType.DT_STRING, Shape.of(-1), (tf, pixels, text, kernel) -> {
            var length = tf.strings.stringLength(text.asOutput().expect(TString.class));
            var pair = tf.stack(List.of(floats(tf, length), floats(tf, length)), Stack.axis(1L));
            return tf.linalg.matMul(tf.concat(List.of(pixels, pair), tf.constant(1)), kernel);
        });
        assertThatThrownBy(() -> ClassifierModel.read(model(), place(1)))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        model().resolve("saved_model.pb")
                                + ": the input 'place' (DT_STRING [?]) is to be fed 1; expected an input of numbers or truth values");
        assertThatThrownBy(() -> ClassifierModel.read(model()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "save the model with a signature of images alone that calls it with a fixed 'place'");
    }

    private void assertRefused(DataType dtype, Shape place, double number, String fault) {
        directory = directory.resolve("next");
        write(dtype, place, OF_BOTH);
        assertThatThrownBy(() -> ClassifierModel.read(model(), place(number)))
                .isInstanceOf(UserException.class)
                .hasMessage(model().resolve("saved_model.pb") + ": the input 'place' " + fault);
    }

    @Test
    void withoutANumberItIsToldHowToStateOne() {
        write(DataType.DT_FLOAT, Shape.of(-1, 2), OF_BOTH);
        var fault = model().resolve("saved_model.pb")
                + ": the input 'place' (DT_FLOAT [?, 2]) has no default, and what inference gives it is not plain;"
                + " state a number for it (`input: {others: {place: ...}}`, --feed place=...)";
        assertThatThrownBy(() -> ClassifierModel.read(model()))
                .isInstanceOf(UserException.class)
                .hasMessage(fault);
        assertThat(Inspection.of(model(), ModelSettings.NONE).faults()).containsExactly(fault);
        assertThat(Inspection.of(model(), place(0)).faults()).isEmpty();
        assertThatThrownBy(() -> ClassifierModel.read(model(), stated(Map.of("plcae", 0d))))
                .isInstanceOf(UserException.class)
                .hasMessage(model().resolve("saved_model.pb")
                        + ": signature 'serving_default' has no input 'plcae'; nearest: place");
    }

    @Test
    void aNumberThatIsStatedWinsOverADefault() {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var kernel = SavedVariable.build(tf, "kernel", Shape.of(PIXELS + 2, CLASSES), true, () -> KERNEL);
            var x = tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 2, 1)));
            var place = tf.placeholderWithDefault(tf.constant(new float[][] {{7, 7}}), Shape.of(1, 2));
            var pixels = tf.reshape(x, tf.array(-1, PIXELS));
            var rows = tf.broadcastTo(
                    place, tf.concat(List.of(tf.shape.size(x, tf.constant(0)), tf.array(2)), tf.constant(0)));
            var logits = tf.linalg.matMul(
                    tf.concat(List.of(pixels, rows), tf.constant(1)),
                    kernel.variable().value());
            var signature = new GraphSignature(Map.of("x", x, "place", place), Map.of("logits", logits));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(
                            graph, List.of(kernel), Map.of("serving_default", signature), ModelCard.EMPTY),
                    model());
        }
        assertClose(frozen(ClassifierModel.read(model()), 2), expected(2, 7));
        var stated = ClassifierModel.read(model(), place(.5));
        assertClose(frozen(stated, 2), expected(2, .5));
        export(stated, 0);
    }

    /** Of eleven images by threes: as many as the signature states, or as there are. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 3})
    void aFixedBatchIsGivenAsMany(long first) {
        write(DataType.DT_FLOAT, Shape.of(3, 2, 2, 1), Shape.of(first, 2), Map.of("serving_default", OF_BOTH));
        var model = ClassifierModel.read(model(), place(2));
        assertThat(model.fixedBatch()).hasValue(3);
        assertClose(frozen(model, 11), expected(11, 2));
        export(model, 0);
    }

    @Test
    void aBatchThatIsRewrittenIsGivenAsManyAsThereAre() {
        write(DataType.DT_FLOAT, Shape.of(-1, 2, 2, 1), Shape.of(3, 2), Map.of("serving_default", OF_BOTH));
        var model = ClassifierModel.read(model(), place(2));
        assertThat(model.fixedBatch()).isEmpty();
        assertClose(frozen(model, 5), expected(5, 2));
        export(model, 0);
    }

    @Test
    void theSignatureForTrainingIsGivenItToo() {
        Logits noisy = (tf, pixels, place, kernel) -> {
            Operand<TFloat32> logits =
                    OF_BOTH.build(tf, pixels, place, kernel).asOutput().expect(TFloat32.class);
            var noise = RandomUniform.create(tf.scope(), tf.shape(logits), TFloat32.class);
            return tf.math.add(logits, tf.math.floor(noise)); // less than 1
        };
        write(
                DataType.DT_FLOAT,
                Shape.of(-1, 2, 2, 1),
                Shape.of(-1, 2),
                Map.of("serving_default", OF_BOTH, "train", noisy));
        var model = ClassifierModel.read(model(), place(.25));
        assertThat(model.training().program().orElseThrow().origin()).isEqualTo("signature 'train'");
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = ModelVariables.build(tf, "student", model);
            SessionRuns.run(session, List.of(variables.restore()));
            var student = ModelInstance.buildTraining(tf, "student", model, variables, images(tf, 2), List.of());
            assertClose(GraphRun.floats(session, student.logits()), expected(2, .25));
        }
    }

    @Test
    void aSignatureThatNeedsNoMoreIsTheClassifier() {
        write(
                DataType.DT_FLOAT,
                Shape.of(-1, 2, 2, 1),
                Shape.of(-1, 2),
                Map.of(
                        "classify",
                        OF_BOTH,
                        "measure",
                        (tf, pixels, place, kernel) -> tf.math.mean(pixels, tf.constant(1))));
        assertClose(frozen(ClassifierModel.read(model(), place(3)), 1), expected(1, 3));
    }

    /** What depends on the images by their number alone. */
    @Test
    void whatItIsGivenIsNoLayer() {
        assertThat(readBoth(1).features().keySet())
                .contains("both")
                .noneMatch(name -> name.startsWith("branch") || name.startsWith("Placeholder"));
    }

    @Test
    void theExportHasTheSameProgram() {
        var model = readBoth(.5);
        var exported = export(model, .125f);
        assertThat(exported.resolve("saved_model.pb")).hasSameBinaryContentAs(model().resolve("saved_model.pb"));
        var moved = expected(2, .5);
        for (int i = 0; i < moved.length; i++) { // every weight has grown by an eighth
            int image = i / CLASSES;
            moved[i] += .125 * (FIRST[0] + FIRST[1] + FIRST[2] + FIRST[3] + PIXELS * image + 2 * .5);
        }
        assertClose(frozen(ClassifierModel.read(exported, place(.5)), 2), moved);
    }

    /** Trained to weights that are larger by that, and compared with the program as it was written. */
    private Path export(ClassifierModel model, float addition) {
        var checkpoint = directory.resolve("trained");
        TrainedCheckpoint.write(
                model,
                checkpoint,
                (tf, variables) -> List.of(tf.assignAddVariableOp(
                        variables.byHandle().get("kernel").handle(),
                        tf.fill(tf.array(PIXELS + 2, CLASSES), tf.constant(addition)))));
        var target = directory.resolve("exported");
        StudentExport.write(model, checkpoint, "student", target);
        return target;
    }
}
