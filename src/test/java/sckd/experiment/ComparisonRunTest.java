package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.data.MnistFiles;
import sckd.files.AtomicDirectory;
import sckd.report.ComparisonRow;

class ComparisonRunTest {
    private static final String TEXT =
            """
            name: pair
            data: {dataset: mnist, path: IMAGES, test-limit: 20}
            student: {model: "zoo:plain-cnn-2"}
            training: {epochs: 1, batch-size: 32, optimizer: {kind: sgd, learning-rate: 0.05}}
            methods: {SLOW: {note: as it is}, FAST: {training: {epochs: 1, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.1}}}}
            """;

    @TempDir
    private static Path images;

    @TempDir
    private Path directory;

    @BeforeAll
    static void writeImages() throws IOException {
        MnistFiles.write(images.resolve("images"), 48, 20);
    }

    @Test
    void runsEverySeedOnceAndWritesTheTable() throws IOException {
        var comparison = comparison(List.of(1L, 2L), "FAST");
        comparison.seeds().forEach(seed -> comparison.run(seed, new Quiet(), () -> false));
        comparison.writeTables();
        var rows = comparison.find().orElseThrow().rows();
        assertThat(rows).extracting(ComparisonRow::name).containsExactly("SLOW", "FAST");
        assertThat(rows.get(0).difference().pairs()).isEqualTo(2);
        assertThat(rows.get(1).difference()).isNull();
        assertThat(rows.get(0).last().runs()).isEqualTo(2);
        assertThat(Files.readString(directory.resolve("table.md")))
                .contains(
                        "| SLOW |",
                        "seeds 1, 2",
                        "- SLOW: {supervised: {weight: 1.0}, losses: []}; as it is",
                        "- FAST: {supervised: {weight: 1.0}, losses: [], training: {batch-size: 16, optimizer: {learning-rate: 0.1}}}");
        assertThat(new JsonMapper()
                        .readTree(directory.resolve("table.json").toFile())
                        .at("/rows/0/last/runs")
                        .asInt())
                .isEqualTo(2);

        assertThat(steps(comparison.runOf(1))).isNotEmpty().isNotEqualTo(steps(comparison.runOf(2)));

        var quiet = new Quiet();
        var more = comparison(List.of(1L, 2L, 3L), "SLOW");
        more.seeds().forEach(seed -> more.run(seed, quiet, () -> false));
        assertThat(quiet.trained).as("the new seed alone").isEqualTo(2);
        assertThat(more.find().orElseThrow().rows().get(1).difference().pairs()).isEqualTo(3);
    }

    @Test
    void goesOnWithItsSeedsAndItsBaseline() throws IOException {
        comparison(List.of(4L, 7L), "FAST");
        var experiment =
                Samples.read(TEXT.replace("IMAGES", images.resolve("images").toString()));
        var resumed = ComparisonRun.of(experiment, directory, List.of(), Optional.empty());
        assertThat(resumed.seeds()).containsExactly(4L, 7L);
        assertThat(resumed.baseline()).isEqualTo("FAST");

        assertThat(comparison(List.of(4L), "SLOW").seeds()).containsExactly(4L);
        var last = ComparisonRun.of(experiment, directory, List.of(), Optional.empty());
        assertThat(last.seeds()).as("as it was last asked for").containsExactly(4L);
        assertThat(last.baseline()).isEqualTo("SLOW");

        var file = directory.resolve("comparison.json");
        Files.writeString(file, "{");
        assertThatThrownBy(() -> ComparisonRun.of(experiment, directory, List.of(), Optional.empty()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(file + ": no readable choice of seeds and baseline: ")
                .hasMessageEndingWith("; remove it and name them with --seeds and --baseline");
        Files.delete(file);
        var fresh = ComparisonRun.of(experiment, directory, List.of(), Optional.empty());
        assertThat(fresh.seeds()).containsExactly(1L, 2L, 3L);
        assertThat(fresh.baseline()).isEqualTo("SLOW");
    }

    @Test
    void aSeedThatHasEndedNeedsNothingButItsRecords(@TempDir Path elsewhere) throws IOException {
        var moved = elsewhere.resolve("images");
        MnistFiles.write(moved, 48, 20);
        var comparison = ComparisonRun.of(
                Samples.read(TEXT.replace("IMAGES", moved.toString())), directory, List.of(1L), Optional.empty());
        assertThat(comparison.unfinished()).containsExactly(1L);
        comparison.run(1, new Quiet(), () -> false);
        AtomicDirectory.delete(moved);
        assertThat(comparison.unfinished()).isEmpty();
        assertThat(comparison.find().orElseThrow().rows()).hasSize(2);
    }

    @Test
    void methodsCanBeAddedAndNoneTakenAway() {
        var two = comparison(List.of(1L), "SLOW");
        two.run(1, new Quiet(), () -> false);
        var fast = two.find().orElseThrow().rows().get(1);

        var text = TEXT.replace("IMAGES", images.resolve("images").toString());
        var faulty = Samples.read(
                text,
                "methods.THIRD={losses: [{name: hint, kind: attention, teacher: self, teacher-layer: stage9, student-layer: stage1, weight: 1}]}");
        assertThatThrownBy(() -> ComparisonRun.of(faulty, directory, List.of(1L), Optional.empty()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("stage9");

        var three = Samples.read(
                text,
                "methods.THIRD={training: {epochs: 2, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.1}}}");
        var quiet = new Quiet();
        var more = ComparisonRun.of(three, directory, List.of(1L), Optional.empty());
        assertThat(more.unfinished()).containsExactly(1L);
        more.run(1, quiet, () -> false);
        assertThat(quiet.trained).as("the new method alone").isEqualTo(1);
        var rows = more.find().orElseThrow().rows();
        assertThat(rows).extracting(ComparisonRow::name).containsExactly("SLOW", "FAST", "THIRD");
        assertThat(rows.get(1).last()).isEqualTo(fast.last());

        assertThatThrownBy(() -> comparison(List.of(1L), "SLOW"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("methods.THIRD");
    }

    @Test
    void aNoteCanBeChanged() {
        comparison(List.of(1L), "SLOW").run(1, new Quiet(), () -> false);
        var noted = Samples.read(
                TEXT.replace("IMAGES", images.resolve("images").toString()).replace("as it is", "as it was"));
        var again = ComparisonRun.of(noted, directory, List.of(1L), Optional.empty());
        assertThat(again.unfinished()).isEmpty();
        again.writeTables();
        assertThat(directory.resolve("table.md")).content().contains("; as it was");
    }

    @Test
    void refusesWhatItCannotCompare() {
        assertThatThrownBy(() -> comparison(List.of(1L), "SLOV"))
                .isInstanceOf(UserException.class)
                .hasMessage("--baseline is 'SLOV', which is no method; nearest: SLOW");
        comparison(List.of(1L), "SLOW");
        var other = Samples.read(TEXT.replace("IMAGES", images.resolve("images").toString()), "data.test-limit=16");
        assertThatThrownBy(() -> ComparisonRun.of(other, directory, List.of(1L), Optional.empty()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("data.test-limit");
    }

    private static String steps(RunDirectory run) throws IOException {
        return Files.readString(run.method("SLOW").path().resolve("steps.jsonl"));
    }

    private ComparisonRun comparison(List<Long> seeds, String baseline) {
        return ComparisonRun.of(
                Samples.read(TEXT.replace("IMAGES", images.resolve("images").toString())),
                directory,
                seeds,
                Optional.of(baseline));
    }
}
