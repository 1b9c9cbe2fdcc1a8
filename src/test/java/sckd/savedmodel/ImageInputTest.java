package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;
import sckd.UserException;
import sckd.data.Normalization;

/** Models of 12 values an image, {@code [1, 2, 2, 3]} or {@code [1, 3, 4, 1]}; each logit adds the values in its order with a weight. */
class ImageInputTest {
    private static final int VALUES = 12;

    @TempDir
    private Path directory;

    /** Beside the model. */
    @TempDir
    private Path other;

    @Test
    void imagesOfOneChannelFitAnInputWithoutChannels() {
        var model = write(TFloat32.class, -1, 3, 4);
        assertThat(logits(model, Shape.of(1, 3, 4, 1), 0)).containsExactly(expected(0));
    }

    @Test
    void imagesFitAFlatInputRowByRow() {
        var model = write(TFloat32.class, -1, VALUES);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), .5f)).containsExactly(expected(.5));
    }

    @Test
    void sizesThatTheSignatureLeavesOpenFit() {
        var model = write(TFloat32.class, -1, -1, -1, 3);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0)).containsExactly(expected(0));
    }

    @Test
    void imagesAreTransposedForAnInputOfChannelsFirst() {
        var model = write(TFloat32.class, -1, 3, 2, 2);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0)).containsExactly(channelsFirst(), expected(0)[1]);
    }

    @ParameterizedTest
    @CsvSource({"'-1,-1,-1,-1'", "'-1,-1,2,2'", "'-1,12'"})
    void channelsComeFirstWhereThatIsStated(String sizes) {
        var model = stated(write(TFloat32.class, sizes(sizes)), Layout.NCHW);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0)).containsExactly(channelsFirst(), expected(0)[1]);
    }

    @Test
    void sizesThatDoNotFitTheStatedLayoutAreRefused() {
        var model = stated(write(TFloat32.class, -1, 2, 2, 3), Layout.NCHW);
        assertThatThrownBy(() -> logits(model, Shape.of(1, 2, 2, 3), 0))
                .isInstanceOf(UserException.class)
                .hasMessage("images are [1, 2, 2, 3]; " + directory
                        + " takes [?, 2, 2, 3]; state its `size: [h, w]` to have them resized, or use another model");
    }

    @Test
    void anInputOfUnknownRankTakesImagesAsTheyAre() {
        var model = write(TFloat32.class, -1, 2, 2, 3);
        var open = with(model, new ModelInput("images", DataType.DT_FLOAT, Shape.unknown()), InputSettings.NONE);
        assertThat(logits(open, Shape.of(1, 2, 2, 3), .5f)).containsExactly(expected(.5));
    }

    @ParameterizedTest
    @CsvSource({"'-1,1,2,2,3', false", "'-1,1,3,2,2', true", "'-1,1,-1,-1,3', false"})
    void aFrameOfOneIsPutBehindTheBatch(String sizes, boolean isFirst) {
        var model = write(TFloat32.class, sizes(sizes));
        assertThat(ImageInput.takes(DataType.DT_FLOAT, model.input().shape())).isTrue();
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0))
                .containsExactly(isFirst ? channelsFirst() : expected(0)[0], expected(0)[1]);
        assertThat(ImageInput.takes(DataType.DT_FLOAT, Shape.of(-1, 8, 2, 2, 3)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(classes = {TFloat16.class, TBfloat16.class, TFloat64.class, TInt32.class, TInt64.class, TUint8.class})
    void imagesAreCastToTheInputsType(Class<? extends TType> type) {
        var model = write(type, -1, 2, 2, 3);
        ImageInput.check(model.input());
        boolean isWhole = type == TInt32.class || type == TInt64.class || type == TUint8.class;
        assertThat(model.input().takesPixels()).isEqualTo(isWhole);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), isWhole ? 2.9999f : 3)).containsExactly(expected(3));
    }

    @Test
    void flatWholeNumbersAreNoImagesButForBytes() {
        assertThat(ImageInput.takes(DataType.DT_INT32, Shape.of(-1, 128))).isFalse();
        assertThat(ImageInput.takes(DataType.DT_UINT8, Shape.of(-1, 128))).isTrue();
        assertThat(ImageInput.takes(DataType.DT_INT32, Shape.of(-1, 28, 28))).isTrue();
        assertThat(ImageInput.takes(DataType.DT_STRING, Shape.of(-1))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'-1,28,28,3', 1, 3 channels cannot be made of 1",
        "'-1,3,28,28', 1, 3 channels cannot be made of 1",
        "'-1,28,28,1', 3, 1 channel cannot be made of 3",
        "'-1,28,28', 3, its values cannot be made of 3"
    })
    void imagesOfOtherChannelsAreNeverMadeToFit(String sizes, int channels, String reason) {
        var input = new ModelInput("images", DataType.DT_FLOAT, Shape.of(sizes(sizes)));
        var model = with(write(TFloat32.class, -1, VALUES), input, InputSettings.NONE);
        assertThatThrownBy(() -> logits(model, Shape.of(1, 28, 28, channels), 0))
                .isInstanceOf(UserException.class)
                .hasMessageEndingWith(reason + ": use images of as many channels, or another model");
    }

    @Test
    void aStatedSizeThatIsNotTheModelsIsRefused() {
        var input = new ModelInput("images", DataType.DT_FLOAT, Shape.of(-1, 3, 48, 32));
        StatedInput.check(size(48, 32), input);
        StatedInput.check(size(8, 9), new ModelInput("images", DataType.DT_FLOAT, Shape.of(-1, -1, -1, 3)));
        assertThatThrownBy(() -> StatedInput.check(size(32, 48), input))
                .isInstanceOf(UserException.class)
                .hasMessage("size is 32x48; the input 'images' is [?, 3, 48, 32]");
    }

    @Test
    void anotherModelsScalingIsTurnedAroundForBgr() {
        var model = write(TFloat32.class, -1, 2, 2, 3);
        var ofDataSet = new Normalization(List.of(.1f, .2f, .3f), List.of(.4f, .5f, .6f));
        assertThat(model.scalingOr(ofDataSet)).isEqualTo(ofDataSet);
        var bgr = InputSettings.NONE.or(new InputSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(ChannelOrder.BGR),
                Map.of()));
        assertThat(with(model, model.input(), bgr).scalingOr(ofDataSet)).isEqualTo(ofDataSet.reversed());
        var own = bgr.withScaling(Optional.of(ofDataSet));
        assertThat(with(model, model.input(), own).scalingOr(ofDataSet)).isEqualTo(ofDataSet);
    }

    private static InputSettings size(int height, int width) {
        return new InputSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ImageSize(height, width)),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private static long[] sizes(String text) {
        return Splitter.on(',').splitToStream(text).mapToLong(Long::parseLong).toArray();
    }

    private static ClassifierModel stated(ClassifierModel model, Layout layout) {
        return with(
                model,
                model.input(),
                new InputSettings(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(layout),
                        Optional.empty(),
                        Map.of()));
    }

    private static ClassifierModel with(ClassifierModel model, ModelInput input, InputSettings settings) {
        return with(model.directory(), model, input, settings);
    }

    private static ClassifierModel with(Path place, ClassifierModel model, ModelInput input, InputSettings settings) {
        return new ClassifierModel(
                place,
                model.graph(),
                input,
                model.logits(),
                model.outputs(),
                model.features(),
                model.variables(),
                model.card(),
                model.settings().withInput(settings),
                TrainingMode.UNKNOWN,
                model.notes());
    }

    /** Of {@code [1, 2, 2, 3]} images 0, 1, ...: channel 0 of all pixels comes first, value {@code 3p + c} stands at place {@code 4c + p}. */
    private static float channelsFirst() {
        float weighted = 0;
        for (int p = 0; p < 4; p++) {
            for (int c = 0; c < 3; c++) {
                weighted += (4 * c + p) * (3 * p + c);
            }
        }
        return weighted;
    }

    @Test
    void aBatchThatOnlyTheSignatureFixesIsOpen() {
        var model = write(TFloat32.class, 6, 2, 2, 3);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 0)).containsExactly(expected(0));
    }

    @Test
    void pixelsAreRoundedToBytes() {
        var model = write(TUint8.class, -1, 2, 2, 3);
        assertThat(logits(model, Shape.of(1, 2, 2, 3), 243.9999f)).containsExactly(expected(244));
    }

    @ParameterizedTest
    @CsvSource({"4, 3, 1, '[?, 3, 4]'", "3, 5, 1, '[?, 12]'", "2, 3, 3, '[?, 12]'"})
    void imagesOfAnotherSizeAreRefused(int height, int width, int channels, String input) {
        var model = input.contains("12") ? write(TFloat32.class, -1, VALUES) : write(TFloat32.class, -1, 3, 4);
        assertThatThrownBy(() -> logits(model, Shape.of(1, height, width, channels), 0))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "images are [1, %d, %d, %d]; %s takes %s; state its `size: [h, w]` to have them resized, or use another model"
                                .formatted(height, width, channels, directory, input));
    }

    @Test
    void aModelThatTakesBytesHasNoScaling() {
        var model = write(TUint8.class, -1, 2, 2, 3);
        var normal = new Normalization(List.of(.5f, .5f, .5f), List.of(.2f, .2f, .2f));

        assertThat(model.scalingOr(normal)).isEqualTo(Normalization.OF_PIXELS);
        assertThatThrownBy(() -> StatedInput.check(InputSettings.ofScaling(normal), model.input()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "the input 'images' is DT_UINT8, which takes the pixels as they are; leave scale, mean and std out");
    }

    @Test
    void aScalingHasAValueForEachChannelOfTheInput() {
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 3, 4), 1)).isTrue();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 3, 4), 3)).isFalse();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 784), 3)).isFalse();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 784), 1)).isTrue();
        assertThat(ImageInput.fitsChannels(Shape.of(-1, 3072), 3)).isTrue();
    }

    @ParameterizedTest
    @MethodSource
    void aStudentIsExportedWithItsOwnInput(Class<? extends TType> type, String sizes, List<String> tags)
            throws IOException {
        var model = write(type, sizes(sizes));
        tag(tags);
        var checkpoint = other.resolve("trained");
        TrainedCheckpoint.write(model, checkpoint);
        var target = other.resolve("exported");
        StudentExport.write(model, checkpoint, "student", target); // compares the outputs itself

        var written = with(target, model, model.input(), InputSettings.NONE);
        assertThat(logits(written, Shape.of(1, 2, 2, 3), 2)).containsExactly(expected(2));
    }

    static Stream<Arguments> aStudentIsExportedWithItsOwnInput() {
        var serve = List.of("serve");
        return Stream.of(
                Arguments.of(TFloat32.class, "-1,12", serve),
                Arguments.of(TUint8.class, "-1,2,2,3", serve),
                Arguments.of(TFloat16.class, "-1,2,2,3", serve),
                Arguments.of(TInt32.class, "-1,-1,-1,3", serve),
                Arguments.of(TFloat32.class, "-1,-1,-1,-1", List.of("serve", "gpu")),
                Arguments.of(TFloat32.class, "-1,2,2,3", List.of("train")));
    }

    /** Gives the only meta graph of the model as it was written other tags. */
    private void tag(List<String> tags) throws IOException {
        var path = directory.resolve("saved_model.pb");
        var model = SavedModel.parseFrom(Files.readAllBytes(path)).toBuilder();
        model.getMetaGraphsBuilder(0).getMetaInfoDefBuilder().clearTags().addAllTags(tags);
        Files.write(path, model.build().toByteArray());
    }

    private <T extends TType> ClassifierModel write(Class<T> type, long... shape) {
        var sketch = new ModelSketch();
        var tf = sketch.tf();
        Operand<T> images = sketch.images(type, shape);
        var floats =
                ModelProgram.buildCast(tf, images, DataType.DT_FLOAT).asOutput().expect(TFloat32.class);
        var flat = tf.reshape(floats, tf.constant(new int[] {-1, VALUES}));
        var weights = new float[2 * VALUES];
        for (int i = 0; i < VALUES; i++) {
            weights[2 * i] = i;
            weights[2 * i + 1] = 1;
        }
        var kernel = sketch.variable(sketch.layer("dense"), "kernel", true, Shape.of(VALUES, 2), weights);
        var logits = tf.withName("logits").linalg.matMul(flat, kernel);
        return sketch.write(directory, logits, Map.of("logits", logits));
    }

    /** Of the image {@code offset, offset + 1, ...}: {@code Σ i · (offset + i)} and {@code Σ (offset + i)}. */
    private static float[] expected(double offset) {
        double weighted = 0;
        double sum = 0;
        for (int i = 0; i < VALUES; i++) {
            weighted += i * (offset + i);
            sum += offset + i;
        }
        return new float[] {(float) weighted, (float) sum};
    }

    private static float[] logits(ClassifierModel model, Shape shape, float offset) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var values = new float[Math.toIntExact(shape.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = offset + i;
            }
            var images =
                    tf.placeholderWithDefault(tf.reshape(tf.constant(values), tf.constant(shape.asArray())), shape);
            var logits = ModelInstance.buildFrozen(tf, "model", model, images, List.of())
                    .logits();
            try (var result = session.runner().fetch(logits).run()) {
                var found = (TFloat32) result.get(0);
                return new float[] {found.getFloat(0, 0), found.getFloat(0, 1)};
            }
        }
    }
}
