package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ObjectArrays;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.data.MnistFiles;
import sckd.savedmodel.ModelCard;

/** A model is created, inspected and evaluated on a small data set in the form of MNIST's. */
class EndToEndTest {
    private static final int TEST_IMAGES = 7;
    private static final int CLASSES = 10;
    private static final String NAME =
            "end-to-end-test-" + ProcessHandle.current().pid();
    private static final Path MODEL = Path.of("savedmodels", NAME);

    /** Kernels and biases of plain-cnn-2: two 3x3 convolutions of 16 filters, the first on one channel. */
    private static final long CONVOLUTIONS = 9 * 16 + 16 + 9 * 16 * 16 + 16;

    @TempDir
    static Path directory;

    private static Path data;

    @BeforeAll
    static void createModelAndImages() throws IOException {
        data = MnistFiles.write(directory.resolve("images"), 3, TEST_IMAGES);
        Sckd.run("create", "plain-cnn-2", "--classes", "10", "--as", NAME, "--image", "8x8x1", "--seed", "4")
                .assertFine();
    }

    @AfterAll
    static void remove() throws IOException {
        MoreFiles.deleteRecursively(MODEL, RecursiveDeleteOption.ALLOW_INSECURE);
    }

    private static Sckd evaluate(String... more) {
        var arguments = new String[] {"evaluate", MODEL.toString(), "--data", "mnist", "--path", data.toString()};
        return Sckd.run(ObjectArrays.concat(arguments, more, String.class));
    }

    @Test
    void inspectTellsWhatWasCreated() throws IOException {
        var report =
                Sckd.run("inspect", MODEL.toString(), "--json").assertFine().json();
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly(
                        "model",
                        "accepted",
                        "faults",
                        "signatures",
                        "signature",
                        "logits",
                        "parameters",
                        "trainableParameters",
                        "multiplyAdds",
                        "batchNorms",
                        "withoutGradient",
                        "notAllowed",
                        "origin",
                        "sha256",
                        "mean",
                        "std",
                        "batchNormMomentum",
                        "classes",
                        "chosen",
                        "notes",
                        "features");
        assertThat(report.get("accepted").asBoolean()).isTrue();
        assertThat(report.get("origin").asText()).isEqualTo("zoo:plain-cnn-2");
        assertThat(report.get("signature").asText()).isEqualTo("serving_default");
        assertThat(report.at("/signatures/1/inputs/0").toString())
                .isEqualTo("{\"name\":\"images\",\"dtype\":\"float32\",\"shape\":\"[?, 8, 8, 1]\"}");
        // γ and β of two batch norms, then 2 · 2 · 16 inputs of 10 classes
        assertThat(report.get("trainableParameters").asLong())
                .isEqualTo(CONVOLUTIONS + 2 * 2 * 16 + 2 * 2 * 16 * CLASSES + CLASSES);
        assertThat(report.get("parameters").asLong())
                .isEqualTo(report.get("trainableParameters").asLong() + 2 * 2 * 16);
        assertThat(report.get("multiplyAdds").asLong())
                .isEqualTo(8 * 8 * 16 * 9 + 4 * 4 * 16 * 9 * 16 + 2 * 2 * 16 * CLASSES);
        assertThat(report.at("/batchNorms/fused")).hasSize(2);
        assertThat(report.get("features")).isNotEmpty();
    }

    @Test
    void inspectIsReadableIn80Columns() {
        assertThat(Sckd.run("inspect", MODEL.toString()).assertFine().out().lines())
                .allMatch(line -> line.length() <= 80)
                .contains("  accepted       yes", "signature serving_default (the one that is used)");
    }

    @Test
    void evaluateMeasuresIt() throws IOException {
        var report = evaluate("--json").assertFine().json();
        assertThat(report.get("images").asInt()).isEqualTo(TEST_IMAGES);
        assertThat(report.get("top1").asDouble() * TEST_IMAGES).isBetween(0.0, 1.0 * TEST_IMAGES);
        assertThat(report.get("top5").asDouble()).isBetween(report.get("top1").asDouble(), 1.0);
        assertThat(report.get("loss").asDouble()).isPositive();
        assertThat(report.get("imagesPerSecond").asDouble()).isPositive();
        assertThat(report.at("/input/mean/0").floatValue()).isEqualTo(.1307f); // customary for MNIST
    }

    @Test
    void evaluateTakesTheScalingThatIsAskedFor() throws IOException {
        var report = evaluate("--json", "--mean", "0.5", "--std", ".25", "--split", "train", "--limit", "2")
                .assertFine()
                .json();
        assertThat(report.get("input").toString()).isEqualTo("{\"scale\":0.003921569,\"mean\":[0.5],\"std\":[0.25]}");
        assertThat(report.get("images").asInt()).isEqualTo(2);
    }

    @Test
    void evaluateReadsImageFilesAsTold() {
        evaluate("--image-size", "0").assertRefused("--image-size is 0; expected at least 1");
        assertThat(evaluate("--image-size", "8").err())
                .contains(
                        "data.images (for one command: --image-size, --crop-share) says how image files are read; the images of this data set have their size and their parts: leave it out");
    }

    @Test
    void anImportedModelNeedsNoTelling() throws IOException {
        var name = NAME + "-stated";
        Sckd.run(
                        "import",
                        MODEL.toString(),
                        "--as",
                        name,
                        "--scale",
                        "1",
                        "--mean",
                        "128",
                        "--layout",
                        "NHWC",
                        "--accuracy",
                        "mnist=98.5,cifar10=20")
                .assertFine();
        try {
            var model = Path.of("savedmodels", name).toString();
            var chosen =
                    Sckd.run("inspect", model, "--json").assertFine().json().get("chosen");
            assertThat(chosen.toString())
                    .isEqualTo("{\"tags\":[\"serve\"],\"input\":\"images\",\"output\":null,\"scale\":1.0,"
                            + "\"size\":null,\"layout\":\"NHWC\",\"channels\":null}");
            var report = Sckd.run("evaluate", model, "--data", "mnist", "--path", data.toString(), "--json")
                    .assertFine()
                    .json();
            assertThat(ModelCard.read(Path.of(model)).accuracy()).isEqualTo(Map.of("mnist", .985, "cifar10", .2));
            assertThat(report.get("input").toString()).isEqualTo("{\"scale\":1.0,\"mean\":[128.0],\"std\":[1.0]}");
        } finally {
            MoreFiles.deleteRecursively(Path.of("savedmodels", name), RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    @Test
    void inspectReadsAModelAsItIsStated() throws IOException {
        var report = Sckd.run("inspect", MODEL.toString(), "--json", "--signature", "features")
                .assertFine()
                .json();
        assertThat(report.get("signature").asText()).isEqualTo("features");
        Sckd.run("evaluate", MODEL.toString(), "--data", "mnist", "--path", data.toString(), "--signature", "serv")
                .assertRefused(MODEL + "/saved_model.pb: no signature 'serv'; known: features, serving_default");
    }

    @Test
    void evaluateResizesTheImages() {
        evaluate("--size", "8x8").assertFine();
        evaluate("--size", "9x9")
                .assertRefused(MODEL + "/saved_model.pb: size is 9x9; the input 'images' is [?, 8, 8, 1]");
    }

    @Test
    void evaluatePrintsATable() {
        assertThat(evaluate().assertFine().out().lines().map(line -> line.replaceAll(" +[\\d.]+", " N")))
                .containsExactly("top-1 N %", "top-5 N %", "loss N", "images N", "rate N images/s");
    }

    @Test
    void evaluateRefusesImagesThatTheModelDoesNotTake() {
        Sckd.run("evaluate", MODEL.toString(), "--data", "shapes", "--limit", "5")
                .assertRefused(("images are [?, 32, 32, 3]; %s takes [?, 8, 8, 1]; 1 channel cannot be made of 3:"
                                + " use images of as many channels, or another model")
                        .formatted(MODEL));
    }

    @Test
    void evaluateRefusesAScalingOfOtherChannels() {
        evaluate("--mean", ".5,.5,.5", "--std", ".5,.5,.5")
                .assertRefused(MODEL
                        + "/saved_model.pb: mean and std have 3 values; expected one for each channel of the input"
                        + " 'images' [?, 8, 8, 1]");
    }

    @Test
    void evaluateRefusesAModelOfFewerClasses() throws IOException {
        var name = NAME + "-of-two";
        Sckd.run("create", "plain-cnn-2", "--classes", "2", "--as", name, "--image", "8x8x1", "--json")
                .assertFine();
        var model = Path.of("savedmodels", name);
        try {
            Sckd.run("evaluate", model.toString(), "--data", "mnist", "--path", data.toString())
                    .assertRefused(
                            "%s: its logits are for 2 classes, the data set has 10; choose a model for the same classes"
                                    .formatted(model));
        } finally {
            MoreFiles.deleteRecursively(model, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    @Test
    void createDoesNotOverwrite() {
        Sckd.run("create", "plain-cnn-2", "--classes", "10", "--as", NAME)
                .assertRefused(
                        MODEL + ": exists already; expected a new or empty directory: name another or remove it");
    }
}
