package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.ModelSettings;

/** A teacher that is right about all images, given them in the wrong way. */
class TeacherCheckTest {
    private static final int[] IN_ORDER = ColourModel.IN_ORDER;

    @TempDir
    private static Path directory;

    private static Path images;

    private final Quiet heard = new Quiet();

    @BeforeAll
    static void writeImages() throws IOException {
        images = ColourModel.writeImages(directory.resolve("set.npz"), 600, 100);
    }

    private Experiment experiment(Path teacher, String... overrides) {
        return Samples.read(
                """
                name: checked
                data: {dataset: npz, path: %s, validation: 400}
                student: {model: "zoo:plain-cnn-2"}
                teachers: [{name: big, model: %s}]
                losses: [{name: output, kind: output, teacher: big, temperature: 4}]
                training: {epochs: 1, batch-size: 100, optimizer: {kind: sgd, learning-rate: 0.05}}
                """
                        .formatted(images, teacher),
                overrides);
    }

    private void run(String name, Experiment experiment) {
        ExperimentRun.run(experiment, new RunDirectory(directory.resolve(name)), heard, () -> false);
    }

    private void assertStopped(String name, Experiment experiment, String message) {
        assertThatThrownBy(() -> run(name, experiment))
                .isInstanceOf(UserException.class)
                .hasMessageMatching("(?s)teacher 'big': " + message);
        assertThat(directory.resolve(name)).doesNotExist();
        assertThat(heard.messages).contains("big: looking for the cause");
    }

    @Test
    void aGoodTeacherIsToldAndNotCheckedAgain() {
        var teacher = new ColourModel(1 / 127.5, 1, false, false, IN_ORDER).write(directory.resolve("good"));
        var experiment = experiment(teacher, "teachers.big.input.mean=0.5", "teachers.big.input.std=0.5");
        run("good-run", experiment);
        assertThat(heard.messages)
                .startsWith("big: 100.0 % of 400 validation images right", "big: evaluating on 100 test images");
        heard.messages.clear();
        run("good-run", experiment);
        assertThat(heard.messages).doesNotContain("big: 100.0 % of 400 validation images right");
    }

    @Test
    void anotherScalingIsFound() {
        var teacher = new ColourModel(1, 0, false, false, IN_ORDER).write(directory.resolve("pixels"));
        assertStopped(
                "pixels-run",
                experiment(teacher),
                "\\d+\\.\\d % of 400 validation images right, not clearly better than chance \\(\\d+ %\\);"
                        + " with input.scale: 1, input.mean: 0, input.std: 1 it is 100.0 %: set that");
        run(
                "pixels-right",
                experiment(
                        teacher,
                        "teachers.big.input.scale=1",
                        "teachers.big.input.mean=0",
                        "teachers.big.input.std=1"));
    }

    @Test
    void aScaleThatIsStatedIsReplaced() {
        var teacher = new ColourModel(1 / 127.5, 1, false, false, IN_ORDER).write(directory.resolve("symmetric"));
        assertStopped(
                "symmetric-run",
                experiment(teacher, "teachers.big.input.scale=1"),
                ".*; with input.scale: 0.003921569, input.mean: \\[.*], input.std: \\[.*] it is 100.0 %: set that");
    }

    @Test
    void anotherOrderOfChannelsIsFoundBesideTheScaling() {
        var teacher = new ColourModel(1 / 255.0, 0, true, false, IN_ORDER).write(directory.resolve("bgr"));
        assertStopped(
                "bgr-run",
                experiment(teacher, "teachers.big.input.scale=1"),
                ".*; with input.scale: 0.003921569, input.mean: 0, input.std: 1, input.channels: BGR it is 100.0 %: set that");
    }

    @Test
    void anotherOrderOfAxesIsFoundWhereTheInputIsFlat() {
        var teacher = new ColourModel(1 / 255.0, 0, false, true, IN_ORDER)
                .write(directory.resolve("flat"), new ModelCard("", "", ModelSettings.NONE, Map.of("npz", 1.0)));
        var experiment = experiment(teacher, "teachers.big.input.mean=0", "teachers.big.input.std=1");
        assertStopped(
                "flat-run",
                experiment,
                "\\d\\d\\.\\d % of 100 test images right, but 100.0 % when it was imported; with input.layout: NCHW it is 100.0 %, not .*");
    }

    @Test
    void anotherOrderOfClassesIsFoundAndMendsIt() {
        var teacher = new ColourModel(1 / 255.0, 0, false, false, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2)
                .write(directory.resolve("order"));
        var experiment = experiment(teacher, "teachers.big.input.mean=0", "teachers.big.input.std=1");
        var classes = "[7, 8, 9, 0, 1, 2, 3, 4, 5, 6]";
        assertStopped(
                "order-run",
                experiment,
                "0.0 % of 400 validation images right, not clearly better than chance \\(10 %\\); with classes: \\Q"
                        + classes + "\\E it is 100.0 %: set that");
        run(
                "order-right",
                experiment(
                        teacher,
                        "teachers.big.input.mean=0",
                        "teachers.big.input.std=1",
                        "teachers.big.classes=['7', '8', '9', '0', '1', '2', '3', '4', '5', '6']"));
    }

    @Test
    void oneFarBelowItsAccuracyAtTheImportIsStopped() {
        var swapped = new ColourModel(1 / 255.0, 0, false, false, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9);
        var card = new ModelCard("", "", ModelSettings.NONE, Map.of("npz", .95, "cifar10", .2));
        var input = new String[] {"teachers.big.input.mean=0", "teachers.big.input.std=1"};
        assertStopped(
                "swapped-run",
                experiment(swapped.write(directory.resolve("swapped"), card), input),
                "80.0 % of 100 test images right, but 95.0 % when it was imported;"
                        + " with classes: \\[1, 0, 2, 3, 4, 5, 6, 7, 8, 9] it is 100.0 %, not (79|80|81)\\.\\d %, of validation images: set that");
        run("swapped-unknown", experiment(swapped.write(directory.resolve("unknown")), input));
    }

    @Test
    void theTestImagesAreJudgedOnce() throws IOException {
        var card = new ModelCard("", "", ModelSettings.NONE, Map.of("npz", .9));
        var teacher = new ColourModel(1, 0, false, false, IN_ORDER).write(directory.resolve("known"), card);
        run("known-run", experiment(teacher, "teachers.big.input.scale=1"));
        assertThat(heard.messages)
                .startsWith("big: 100.0 % of 400 validation images right", "big: 100.0 % of 100 test images right")
                .doesNotContain("big: evaluating on 100 test images");
        assertThat(new RunDirectory(directory.resolve("known-run"))
                        .teacher("big")
                        .findSummary())
                .hasValueSatisfying(row -> assertThat(row.last()).isEqualTo(1));
    }

    @Test
    void whereNothingHelpsThatIsSaidAndTheUserMayGoOn() {
        var teacher = new ColourModel(0, 1, false, false, IN_ORDER).write(directory.resolve("constant"));
        assertStopped(
                "constant-run",
                experiment(teacher),
                "\\d+\\.\\d % of 400 validation images right, not clearly better than chance \\(\\d+ %\\);"
                        + " no other scaling, order of channels or of classes helps: is it for these images\\?"
                        + " `check: false` beside it takes it as it is");
        run("constant-unchecked", experiment(teacher, "teachers.big.check=false"));
    }

    @Test
    void whereNoneAreHeldOutTrainingImagesServeAndFewAreTooFew() {
        var teacher = new ColourModel(1, 0, false, false, IN_ORDER).write(directory.resolve("training"));
        var input = new String[] {"teachers.big.input.scale=1", "data.validation=0"};
        run("training-run", experiment(teacher, input));
        assertThat(heard.messages).contains("big: 100.0 % of 600 training images right");
        run("few-run", experiment(teacher, "data.validation=99"));
        assertThat(heard.messages).contains("big: not checked, there are only 99 validation images");
    }

    @Test
    void aTeacherThatLearnedNothingStopsTheRunEachTime() {
        var untaught = experiment(
                directory,
                "teachers=[{name: big, model: zoo:plain-cnn-2, training: {epochs: 1, batch-size: 100, optimizer: {kind: sgd, learning-rate: 1e-9}}}]");
        for (int attempt = 0; attempt < 2; attempt++) {
            heard.messages.clear();
            assertThatThrownBy(() -> run("untaught", untaught))
                    .isInstanceOf(UserException.class)
                    .hasMessageMatching(
                            "teacher 'big': \\d+\\.\\d % of 400 validation images right, not clearly better than chance \\(\\d+ %\\);"
                                    + " look at teachers.big.training, its learning rate and epochs; `check: false` beside it goes on all the same");
            assertThat(heard.messages).doesNotContain("big: looking for the cause");
        }
        assertThat(directory.resolve("untaught/student")).doesNotExist();
    }
}
