package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import sckd.UserException;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelVariable;

class ZooTest {
    private static final List<Integer> CIFAR = List.of(32, 32, 3);

    @TempDir
    Path directory;

    static List<String> names() {
        return Zoo.names().stream()
                .filter(name -> name.matches("plain-cnn-.*|resnet(8|14|20|32|44|56|110|8x4|32x4)"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void smallNetworksAnswerWithLogitsAndProbabilities(String name) {
        var target = create(name, 7, List.of(16, 16, 3), 1);
        try (var model = new LoadedModel(target)) {
            var answers = model.call("serving_default", Shape.of(3, 16, 16, 3), ramp(3 * 16 * 16 * 3));
            assertThat(answers).containsOnlyKeys("logits", "probabilities");
            assertThat(answers.get("logits").shape()).isEqualTo(Shape.of(3, 7));
            assertThat(answers.get("logits").values()).doesNotContain(Float.NaN).doesNotContain(0f);
            for (int n = 0; n < 3; n++) {
                checkSoftmax(answers, n, 7);
            }
        }
    }

    private static void checkSoftmax(Map<String, LoadedModel.Answer> answers, int n, int classes) {
        var logits = answers.get("logits").values();
        var probabilities = answers.get("probabilities").values();
        // Without training nothing holds a deep residual network's logits down: exp would overflow.
        double most = IntStream.range(0, classes)
                .mapToDouble(c -> logits[n * classes + c])
                .max()
                .orElseThrow();
        double sum = IntStream.range(0, classes)
                .mapToDouble(c -> Math.exp(logits[n * classes + c] - most))
                .sum();
        for (int c = 0; c < classes; c++) {
            assertThat((double) probabilities[n * classes + c])
                    .isCloseTo(Math.exp(logits[n * classes + c] - most) / sum, within(1e-6));
        }
    }

    @Test
    void featuresOfAPlainCnnAreItsConvolutionsStagesAndDenseLayers() {
        assertThat(featureShapes("plain-cnn-8", CIFAR))
                .containsOnly(
                        Map.entry("stage1/conv1", Shape.of(2, 32, 32, 16)),
                        Map.entry("stage1/conv2", Shape.of(2, 32, 32, 16)),
                        Map.entry("stage1", Shape.of(2, 16, 16, 16)),
                        Map.entry("stage2/conv1", Shape.of(2, 16, 16, 32)),
                        Map.entry("stage2/conv2", Shape.of(2, 16, 16, 32)),
                        Map.entry("stage2", Shape.of(2, 8, 8, 32)),
                        Map.entry("stage3/conv1", Shape.of(2, 8, 8, 64)),
                        Map.entry("stage3/conv2", Shape.of(2, 8, 8, 64)),
                        Map.entry("stage3", Shape.of(2, 4, 4, 64)),
                        Map.entry("stage4/conv1", Shape.of(2, 4, 4, 128)),
                        Map.entry("stage4/conv2", Shape.of(2, 4, 4, 128)),
                        Map.entry("stage4", Shape.of(2, 2, 2, 128)),
                        Map.entry("flattened", Shape.of(2, 512)),
                        Map.entry("dense1", Shape.of(2, 64)));
    }

    @Test
    void featuresOfAResNetAreItsBlocksStagesAndPooledVector() {
        assertThat(featureShapes("resnet14", CIFAR))
                .containsOnly(
                        Map.entry("stem", Shape.of(2, 32, 32, 16)),
                        Map.entry("stage1/block1", Shape.of(2, 32, 32, 16)),
                        Map.entry("stage1/block2", Shape.of(2, 32, 32, 16)),
                        Map.entry("stage1", Shape.of(2, 32, 32, 16)),
                        Map.entry("stage2/block1", Shape.of(2, 16, 16, 32)),
                        Map.entry("stage2/block2", Shape.of(2, 16, 16, 32)),
                        Map.entry("stage2", Shape.of(2, 16, 16, 32)),
                        Map.entry("stage3/block1", Shape.of(2, 8, 8, 64)),
                        Map.entry("stage3/block2", Shape.of(2, 8, 8, 64)),
                        Map.entry("stage3", Shape.of(2, 8, 8, 64)),
                        Map.entry("pooled", Shape.of(2, 64)));
    }

    @Test
    void greyImagesOfOddSizesAreTaken() {
        assertThat(featureShapes("plain-cnn-10", List.of(28, 28, 1)))
                .contains(Map.entry("stage3", Shape.of(2, 3, 3, 128)), Map.entry("stage4", Shape.of(2, 1, 1, 256)));
        assertThat(featureShapes("resnet8", List.of(28, 28, 1)))
                .contains(Map.entry("stage2", Shape.of(2, 14, 14, 32)), Map.entry("stage3", Shape.of(2, 7, 7, 64)));
    }

    @Test
    void stageEndIsItsLastLayersOutput() {
        try (var model = new LoadedModel(create("resnet14", 10, CIFAR, 1))) {
            var features = model.call("features", Shape.of(1, 32, 32, 3), ramp(32 * 32 * 3));
            assertThat(features.get("stage2").values())
                    .containsExactly(features.get("stage2/block2").values());
        }
    }

    @Test
    void sameSeedGivesTheSameBytes() {
        var first = contents(create("resnet8", 10, CIFAR, 5));
        var second = contents(create("resnet8", 10, CIFAR, 5));
        assertThat(first.keySet())
                .containsExactlyInAnyOrder(
                        "saved_model.pb",
                        "variables/variables.index",
                        "variables/variables.data-00000-of-00001",
                        "assets.extra/sckd.json");
        first.forEach((file, bytes) -> assertThat(second.get(file)).as(file).isEqualTo(bytes));
    }

    @Test
    void otherSeedGivesOtherKernelsAndTheSameProgram() {
        var first = contents(create("resnet8", 10, CIFAR, 5));
        var second = contents(create("resnet8", 10, CIFAR, 6));
        assertThat(second.get("saved_model.pb")).isEqualTo(first.get("saved_model.pb"));
        var data = "variables/variables.data-00000-of-00001";
        assertThat(second.get(data)).isNotEqualTo(first.get(data));
    }

    @Test
    void aDeeperNetworkBeginsWithTheSameKernels() {
        try (var shallow = new LoadedModel(create("resnet8", 10, CIFAR, 5));
                var deep = new LoadedModel(create("resnet14", 10, CIFAR, 5))) {
            var kernel = "stage3/block1/conv2/kernel";
            assertThat(deep.weight(kernel)).containsExactly(shallow.weight(kernel));
        }
    }

    @Test
    void kernelsOfResNetsKeepTheVarianceByFanOut() {
        try (var model = new LoadedModel(create("resnet8x4", 10, CIFAR, 1))) {
            checkVariance(model.weight("stage3/block1/conv1/kernel"), 9 * 128 * 256, 2.0 / (9 * 256));
            checkVariance(model.weight("stage3/block1/shortcut/kernel"), 128 * 256, 2.0 / 256);
        }
    }

    @Test
    void kernelsOfPlainCnnsKeepTheVarianceByFanIn() {
        try (var model = new LoadedModel(create("plain-cnn-8", 100, CIFAR, 1))) {
            checkVariance(model.weight("stage4/conv1/kernel"), 9 * 128 * 256, 2.0 / (9 * 128));
            checkVariance(model.weight("dense1/kernel"), 1024 * 64, 2.0 / 1024);
            checkVariance(model.weight("classifier/kernel"), 64 * 100, 1.0 / 64);
        }
    }

    private static void checkVariance(float[] values, int count, double expected) {
        assertThat(values).hasSize(count);
        double square = IntStream.range(0, count)
                .mapToDouble(i -> (double) values[i] * values[i])
                .average()
                .orElseThrow();
        assertThat(square).isCloseTo(expected, within(5 * expected * Math.sqrt(2.0 / count))); // five standard errors
    }

    @Test
    void batchNormBeginsAsTheIdentityAndBiasesAtZero() {
        try (var model = new LoadedModel(create("plain-cnn-2", 10, CIFAR, 1))) {
            var sixteen = new float[16];
            assertThat(model.weight("stage1/conv1/bias")).containsExactly(sixteen);
            assertThat(model.weight("stage1/conv1/beta")).containsExactly(sixteen);
            assertThat(model.weight("stage1/conv1/moving_mean")).containsExactly(sixteen);
            Arrays.fill(sixteen, 1);
            assertThat(model.weight("stage1/conv1/gamma")).containsExactly(sixteen);
            assertThat(model.weight("stage1/conv1/moving_variance")).containsExactly(sixteen);
        }
    }

    @Test
    void isReadLikeAnybodysModel() {
        var model = ClassifierModel.read(create("resnet20", 100, CIFAR, 1));
        assertThat(model.outputs()).containsEntry("logits", model.logits()).containsOnlyKeys("logits", "probabilities");
        assertThat(model.features()).containsKeys("stem", "stage1/block1", "stage1", "stage2", "stage3", "pooled");
        assertThat(model.card().origin()).isEqualTo("zoo:resnet20");
        assertThat(model.card().settings().batchNormMomentum()).contains(0.9f);
        assertThat(model.notes()).isEmpty();
        for (var variable : model.variables()) {
            assertThat(variable.keys()).containsExactly(variable.handle());
            assertThat(variable.trainable())
                    .as(variable.handle())
                    .isEqualTo(!variable.handle().contains("/moving_"));
        }
        long parameters = model.variables().stream()
                .filter(ModelVariable::trainable)
                .mapToLong(variable -> variable.shape().size())
                .sum();
        assertThat(parameters).isEqualTo(Zoo.measure("resnet20", 100, CIFAR).parameters());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain-cnn-8",
                "resnet14",
                "resnet18-imagenet",
                "wrn-16-1",
                "vgg8",
                "mobilenet-v2",
                "mobilenet-v2-imagenet",
                "shufflenet-v1",
                "shufflenet-v2"
            })
    void isCountedAlikeWhenReadAndCanBeTrained(String name) {
        var inspection = WrittenModel.of(directory, name, 32).inspection();
        var entry = Zoo.measure(name, 10, CIFAR);
        assertThat(inspection.faults()).isEmpty();
        assertThat(inspection.notes()).isEmpty();
        assertThat(inspection.withoutGradient()).isEmpty();
        assertThat(inspection.trainableParameters()).hasValue(entry.parameters());
        assertThat(inspection.multiplyAdds()).hasValue(entry.multiplyAdds());
    }

    @Test
    void kernelsBeginAsInTheirAuthorsCode() {
        try (var model = new LoadedModel(create("wrn-16-2", 100, CIFAR, 1))) {
            checkVariance(model.weight("stage3/block1/conv1/kernel"), 9 * 64 * 128, 2.0 / (9 * 128));
            checkUniform(model.weight("classifier/kernel"), 128 * 100, 1 / Math.sqrt(128));
        }
        try (var model = new LoadedModel(create("mobilenet-v2", 100, CIFAR, 1))) {
            checkVariance(model.weight("stage4/block1/depthwise/kernel"), 9 * 288, 2.0 / (9 * 288));
            checkVariance(model.weight("stage4/block4/project/kernel"), 480 * 160, 2.0 / 160);
            checkVariance(model.weight("classifier/kernel"), 1280 * 100, 0.01 * 0.01);
        }
        try (var model = new LoadedModel(create("shufflenet-v1", 100, CIFAR, 1))) {
            checkUniform(model.weight("stage3/block2/conv1/kernel"), 320 * 240, 1 / Math.sqrt(320));
            checkUniform(model.weight("stage3/block2/depthwise/kernel"), 9 * 240, 1.0 / 3);
        }
    }

    /** All within the bound, with the bound's variance. */
    private static void checkUniform(float[] values, int count, double bound) {
        checkVariance(values, count, bound * bound / 3);
        for (float value : values) {
            assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
        }
    }

    @Test
    void unknownNameIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> create("resnet21", 10, CIFAR, 1))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "unknown architecture 'resnet21' (depth is 21; expected 6n + 2, n at least 1); nearest: resnet20");
        assertThatThrownBy(() -> create("restnet20", 10, CIFAR, 1))
                .isInstanceOf(UserException.class)
                .hasMessage("unknown architecture 'restnet20'; nearest: resnet20");
        assertThatThrownBy(() -> create("transformer", 10, CIFAR, 1))
                .isInstanceOf(UserException.class)
                .hasMessage("unknown architecture 'transformer'; known: plain-cnn-DEPTH; resnetDEPTH[x4], depth 6n + 2;"
                        + " resnet18 to resnet152[-imagenet]; wrn-DEPTH-WIDTH, depth 6n + 4; vggDEPTH;"
                        + " mobilenet-v2[-xWIDTH][-imagenet]; shufflenet-v1[-imagenet];"
                        + " shufflenet-v2[-xWIDTH][-imagenet]");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void tooSmallAnImageIsRefused() {
        assertThatThrownBy(() -> create("plain-cnn-10", 10, List.of(15, 32, 3), 1))
                .isInstanceOf(UserException.class)
                .hasMessage("images of 15x32 are too small for plain-cnn-10; expected at least 16x16");
        assertThatThrownBy(() -> create("resnet8", 10, List.of(3, 3, 3), 1))
                .isInstanceOf(UserException.class)
                .hasMessage("images of 3x3 are too small for resnet8; expected at least 4x4");
    }

    @Test
    void impossibleNumbersAreRefused() {
        assertThatThrownBy(() -> create("resnet8", 1, CIFAR, 1))
                .isInstanceOf(UserException.class)
                .hasMessage("classes is 1; expected at least 2");
        assertThatThrownBy(() -> create("resnet8", 10, List.of(32, 32), 1))
                .isInstanceOf(UserException.class)
                .hasMessage("image shape is [32, 32]; expected height, width, channels, each at least 1");
        assertThatThrownBy(() -> create("resnet8", 10, List.of(32, 32, 0), 1))
                .isInstanceOf(UserException.class)
                .hasMessage("image shape is [32, 32, 0]; expected height, width, channels, each at least 1");
    }

    @Test
    void listsEveryNameInOrder() {
        assertThat(Zoo.names())
                .doesNotHaveDuplicates()
                .startsWith("plain-cnn-2", "plain-cnn-3")
                .containsSubsequence("plain-cnn-10", "resnet8", "resnet110", "resnet32x4", "resnet18", "resnet152")
                .containsSubsequence("resnet152-imagenet", "wrn-16-1", "vgg8", "mobilenet-v2", "shufflenet-v1")
                .endsWith("shufflenet-v2-x2-imagenet");
        assertThat(Zoo.names())
                .allSatisfy(name -> assertThat(Zoo.findFault(name)).isEmpty());
    }

    @Test
    void listLeavesOutWhatTheImageIsTooSmallFor() {
        assertThat(Zoo.list(10, List.of(7, 4, 1)))
                .extracting(ZooEntry::name)
                .containsExactly(
                        "plain-cnn-2",
                        "plain-cnn-3",
                        "plain-cnn-4",
                        "plain-cnn-5",
                        "resnet8",
                        "resnet14",
                        "resnet20",
                        "resnet32",
                        "resnet44",
                        "resnet56",
                        "resnet110",
                        "resnet8x4",
                        "resnet32x4",
                        "wrn-16-1",
                        "wrn-16-2",
                        "wrn-16-4",
                        "wrn-28-2",
                        "wrn-28-10",
                        "wrn-40-1",
                        "wrn-40-2",
                        "wrn-40-4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet26",
                "resnet1202",
                "resnet14x4",
                "wrn-10-1",
                "wrn-22-8",
                "mobilenet-v2-x0.25",
                "mobilenet-v2-x0.75-imagenet"
            })
    void rulesMakeMoreThanIsListed(String name) {
        assertThat(Zoo.findFault(name)).isEmpty();
        assertThat(Zoo.names()).doesNotContain(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wrn-39-2 | (depth is 39; expected 6n + 4, n at least 1); nearest: wrn-16-2",
                "wrn-4-2 | (depth is 4; expected 6n + 4, n at least 1); nearest: wrn-40-2",
                "plain-cnn-11 | (depth is 11; expected 2 to 10); nearest: plain-cnn-10",
                "vgg12 | (depth is 12; expected 8, 11, 13, 16 or 19); nearest: vgg11",
                "resnet22-imagenet | (depth is 22; expected 18, 34, 50, 101 or 152); nearest: resnet152-imagenet",
                "mobilenet-v2-x9 | (width is 9.0; expected 0.1 to 4); nearest: mobilenet-v2-x1",
                "shufflenet-v2-x3 | (width is 3; expected 0.5, 1, 1.5 or 2); nearest: shufflenet-v2-x2"
            })
    void numbersThatMakeNoNetworkAreExplained(String name, String fault) {
        assertThat(Zoo.findFault(name)).contains("unknown architecture '" + name + "' " + fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet020", "wrn-16-0", "wrn-16-100", "resnet99999", "vgg8-imagenet", "wrn-16-2-imagenet"})
    void namesOfNoFormAreUnknown(String name) {
        assertThat(Zoo.findFault(name).orElseThrow()).startsWith("unknown architecture '" + name + "'; ");
    }

    private Map<String, Shape> featureShapes(String name, List<Integer> image) {
        var shapes = new HashMap<String, Shape>();
        int size = 2 * image.get(0) * image.get(1) * image.get(2);
        try (var model = new LoadedModel(create(name, 10, image, 1))) {
            var shape = Shape.of(2, image.get(0), image.get(1), image.get(2));
            model.call("features", shape, ramp(size)).forEach((feature, answer) -> shapes.put(feature, answer.shape()));
        }
        return shapes;
    }

    private Path create(String name, int classes, List<Integer> image, long seed) {
        var target = directory.resolve(name + "-" + System.nanoTime());
        Zoo.create(name, classes, image, seed, target);
        return target;
    }

    private static float[] ramp(int size) {
        var values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (i * 37 % 101) / 50f - 1;
        }
        return values;
    }

    private static Map<String, byte[]> contents(Path model) {
        var contents = new HashMap<String, byte[]>();
        try (var files = Files.walk(model)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> contents.put(model.relativize(file).toString(), read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
