package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.data.Normalization;
import sckd.savedmodel.InputSettings;
import sckd.savedmodel.ModelSettings;

/** What a file may say of a model; the whole of it stands in {@link Samples#FULL}. */
class ModelKeysTest {
    @TempDir
    private Path directory;

    private static ModelSettings read(String settings) {
        return Samples.read(text(settings)).student().settings();
    }

    private static String text(String settings) {
        return Samples.MINIMAL.replace("\"zoo:plain-cnn-2\"", "\"zoo:plain-cnn-2\", " + settings);
    }

    private static InputSettings scaling(float scale, List<Float> mean, List<Float> std) {
        return InputSettings.ofScaling(new Normalization(scale, mean, std));
    }

    private static void assertRefused(String settings, String... faults) {
        assertThatThrownBy(() -> read(settings))
                .isInstanceOf(UserException.class)
                .hasMessage(String.join("\n", faults));
    }

    @Test
    void oneNumberIsForAllChannelsAndAScaleMayStandAlone() {
        assertThat(read("input: {mean: 0.5, std: [0.25]}").input())
                .isEqualTo(scaling(1 / 255f, List.of(.5f), List.of(.25f)));
        assertThat(read("input: {scale: 0.00784313725490196, mean: 1}").input())
                .isEqualTo(scaling(1 / 127.5f, List.of(1f), List.of(1f)));
        assertThat(read("input: {scale: 1}").input()).isEqualTo(scaling(1, List.of(0f), List.of(1f)));
        assertThat(read("input: {scale: 1, mean: [104, 117, 124]}").input())
                .isEqualTo(scaling(1, List.of(104f, 117f, 124f), List.of(1f)));
        assertThat(read("input: {}")).isEqualTo(ModelSettings.NONE);
    }

    @Test
    void classesAreAListOrAFile() throws IOException {
        var file = Files.writeString(directory.resolve("names.txt"), "cat\ndog\n\n");
        assertThat(read("classes: [cat, dog]").classes()).containsExactly("cat", "dog");
        assertThat(read("classes: " + file).classes()).containsExactly("cat", "dog");
        assertThat(read("classes: ['0', 1]").classes()).containsExactly("0", "1");
        var lost = directory.resolve("lost.txt");
        assertRefused("classes: " + lost, "file.yaml:3: student.classes: " + lost + ": cannot be read: no such file");
        assertRefused("classes: {}", "file.yaml:3: student.classes: is a mapping; expected a path or a list");
    }

    @Test
    void aRunKeepsTheNamesThatTheFileHeld() throws IOException {
        var file = Files.writeString(directory.resolve("names.txt"), "cat\ndog\n");
        var written = ExperimentFile.toYaml(Samples.read(text("classes: " + file)));
        Files.delete(file);
        assertThat(Samples.read(written).student().settings().classes()).containsExactly("cat", "dog");
    }

    @Test
    void theMetaGraphWithoutTagsCanBeMeant() {
        assertThat(read("tags: []").tags()).contains(List.of());
        assertThat(read("signature: x").tags()).isEqualTo(Optional.empty());
    }

    @Test
    void nothingIsWrittenOfWhatIsNotStated() {
        assertThat(ExperimentFile.toYaml(Samples.read(Samples.MINIMAL)))
                .contains("student: {model: 'zoo:plain-cnn-2'}\n")
                .doesNotContain("trust-ops");
    }

    @Test
    void faultsAreToldWhereTheyStand() {
        assertRefused(
                "input: {mean: .5}", "file.yaml:3: student.input: std is missing; without a scale it goes with mean");
        assertRefused(
                "input: {mean: 124, std: 58}",
                "file.yaml:3: student.input: mean is 124.0; expected 0 to 1, in units of the full range:"
                        + " divide mean and std by 255, or state scale 1");
        assertRefused(
                "input: {size: [224]}", "file.yaml:3: student.input: size has 1 values; expected [height, width]");
        assertRefused("input: {size: [224, 0]}", "file.yaml:3: student.input: width is 0; expected 1 to 4096 pixels");
        assertRefused(
                "input: {layout: NCWH}", "file.yaml:3: student.input.layout: unknown layout 'NCWH'; nearest: NCHW");
        assertRefused(
                "input: {channels: gray}",
                "file.yaml:3: student.input.channels: unknown channel order 'gray'; known: BGR, RGB");
        assertRefused("input: {others: [1]}", "file.yaml:3: student.input.others: is a list; expected a mapping");
        assertRefused(
                "input: {others: {place: left}}",
                "file.yaml:3: student.input.others.place: is 'left'; expected a number");
        assertRefused("tags: serve", "file.yaml:3: student.tags: is 'serve'; expected a list");
        assertRefused("batch-norm-momentum: 2", "file.yaml:3: student: batch-norm-momentum is 2.0; expected 0 to 1");
    }
}
