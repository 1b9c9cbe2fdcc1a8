package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ObjectArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import sckd.data.MnistFiles;
import sckd.files.DirectoryLock;

/** {@code sckd compare} and {@code sckd search} as a user calls them: two methods on a few noise images, the second long enough to be stopped in. */
class CompareCommandTest {
    private static final int STEPS_IN_EPOCH = 10;
    private static final int SHORT_EPOCHS = 1;
    private static final int LONG_EPOCHS = 40;
    private static final String EXPERIMENT =
            """
            name: pair
            data: {dataset: mnist, path: IMAGES}
            student: {model: "zoo:plain-cnn-2"}
            training: {epochs: LONG, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.05}}
            methods:
              SHORT: {training: {epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.1}}}
              LONG: {}
            """;

    @TempDir
    private static Path directory;

    /** What {@code compare --json} printed of two seeds that nothing disturbed; their directory is {@code whole}. */
    private static JsonNode whole;

    @BeforeAll
    static void compareWithoutInterruption() throws IOException {
        MnistFiles.write(directory.resolve("images"), 8 * STEPS_IN_EPOCH - 3, 50);
        Files.writeString(
                directory.resolve("pair.yaml"),
                EXPERIMENT
                        .replace("IMAGES", directory.resolve("images").toString())
                        .replace("epochs: LONG", "epochs: " + LONG_EPOCHS));
        whole = compare("whole", "--seeds", "1,2", "--baseline", "LONG", "--json")
                .assertFine()
                .json();
    }

    @Test
    void writesWhatItPrints() throws IOException {
        var place = directory.resolve("whole");
        assertThat(new JsonMapper().readTree(place.resolve("table.json").toFile()))
                .isEqualTo(whole);
        assertThat(whole.get("baseline").asText()).isEqualTo("LONG");
        assertThat(whole.get("seeds").toString()).isEqualTo("[1,2]");
        assertThat(whole.at("/rows/0/difference/pairs").asInt()).isEqualTo(2);
        assertThat(whole.at("/rows/1/difference").isNull()).as("the baseline's").isTrue();
        assertThat(Files.readString(place.resolve("table.md")))
                .contains("|  | parameters | seeds | last % | against LONG |", "| SHORT |");
        assertThat(Files.readAllLines(place.resolve("table.csv"))).hasSize(3);

        assertThat(compare("whole", "--resume").assertFine().out())
                .contains("against LONG", "the table: " + place.resolve("table.md"));
        assertThat(compare("whole", "--resume", "--baseline", "SHORT")
                        .assertFine()
                        .out())
                .contains("against SHORT");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends POSIX signals")
    void aStoppedComparisonGoesOnToTheSameFigures() throws Exception {
        var process = start("stopped", "--baseline", "LONG");
        process.awaitCheckpoint(directory.resolve("stopped/seed-1/LONG"));
        process.signal("TERM");
        assertThat(process.exitCode()).as(process.errors()).isEqualTo(143);
        var place = directory.resolve("stopped");
        assertThat(place.resolve("seed-1/LONG/summary.json")).doesNotExist();
        assertThat(place.resolve("seed-2")).doesNotExist();
        assertThat(place.resolve("table.md")).as("LONG has not ended").doesNotExist();

        var resumed = compare("stopped", "--resume", "--json").assertFine().json();
        assertThat(figures(resumed)).isEqualTo(figures(whole));
        for (var steps : List.of("seed-1/LONG/steps.jsonl", "seed-2/SHORT/steps.jsonl")) {
            assertThat(place.resolve(steps))
                    .hasSameTextualContentAs(directory.resolve("whole").resolve(steps));
        }
    }

    /** Each seed is a process of its own, which is stopped with this one. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends POSIX signals")
    void seedsSideBySideAreStoppedAndGoOn() throws Exception {
        var place = directory.resolve("jobs");
        var process = start("jobs", "--jobs", "2");
        process.awaitCheckpoint(place.resolve("seed-1/LONG"), place.resolve("seed-2/LONG"));
        process.signal("TERM");
        assertThat(process.exitCode()).as(process.errors()).isEqualTo(143);
        assertThat(process.errors()).contains("sckd: stopped; what had begun has its checkpoint: go on with --resume");
        for (var seed : List.of("seed-1", "seed-2")) {
            assertThat(place.resolve(seed + "/LONG/summary.json")).doesNotExist();
            if (Files.exists(place.resolve(seed))) {
                DirectoryLock.acquire(place.resolve(seed)).close(); // its process is gone
            }
        }
        assertThat(Files.readString(place.resolve("seed-1.log")) + Files.readString(place.resolve("seed-2.log")))
                .contains("sckd: stopped after step ");

        var resumed = compare("jobs", "--seeds", "1,2", "--jobs", "2", "--resume", "--json")
                .assertFine()
                .json();
        assertThat(resumed.at("/rows/1/last/runs").asInt()).isEqualTo(2);
        for (var seed : List.of("seed-1", "seed-2")) {
            assertThat(place.resolve(seed + "/SHORT/steps.jsonl"))
                    .content()
                    .hasLineCount(SHORT_EPOCHS * STEPS_IN_EPOCH);
            assertThat(place.resolve(seed + "/LONG/steps.jsonl")).content().hasLineCount(LONG_EPOCHS * STEPS_IN_EPOCH);
        }
    }

    @Test
    void aSeedThatFailsIsNamedAndTheOthersRunToTheirEnd() throws IOException {
        var place = directory.resolve("failing");
        compare("failing", "--set", "training.epochs=1", "--seeds", "1").assertFine();
        Files.writeString(place.resolve("seed-2"), "no directory");

        compare("failing", "--set", "training.epochs=1", "--seeds", "1,2,3", "--resume", "--jobs", "2")
                .assertRefused(
                        "seed 2 failed (%1$s/seed-2.log); its last words: sckd: %1$s/seed-2: exists already; expected a new or empty directory: name another or remove it"
                                .formatted(place));
        assertThat(place.resolve("seed-1.log")).as("it had ended").doesNotExist();
        assertThat(new JsonMapper()
                        .readTree(place.resolve("table.json").toFile())
                        .at("/rows/0/last/runs")
                        .asInt())
                .as("seeds 1 and 3")
                .isEqualTo(2);
    }

    @Test
    void aSearchRanksWhatItTried() throws IOException {
        var arguments = new String[] {
            "search",
            directory.resolve("pair.yaml").toString(),
            "--method",
            "LONG",
            "--try",
            "training.optimizer.learning-rate=.0001,.05",
            "--set",
            "training.epochs=2",
            "--output",
            directory.resolve("search").toString()
        };
        Sckd.run(arguments)
                .assertRefused(
                        "data.validation is 0; expected training images held out, such as --set data.validation=5000: a search must not see the test images");
        var validated = ObjectArrays.concat(arguments, new String[] {"--set", "data.validation=40"}, String.class);
        var found =
                Sckd.run(ObjectArrays.concat(validated, "--json")).assertFine().json();
        assertThat(found.get("images").asInt()).isEqualTo(40);
        assertThat(found.get("tried")).hasSize(2);
        var best = found.at("/tried/0");
        assertThat(best.get("validation").asDouble())
                .isGreaterThanOrEqualTo(found.at("/tried/1/validation").asDouble());
        assertThat(Sckd.run(ObjectArrays.concat(validated, "--resume"))
                        .assertFine()
                        .out())
                .contains("the best: --set training.optimizer.learning-rate="
                        + best.at("/values/training.optimizer.learning-rate").asText());
    }

    /** All but what differs between equal runs. */
    private static List<JsonNode> figures(JsonNode comparison) {
        var rows = comparison.get("rows").deepCopy();
        rows.forEach(row -> ((ObjectNode) row).remove(List.of("seconds", "peakMemoryMebibytes")));
        return List.of(rows, comparison.get("constants"));
    }

    private static TrainingProcess start(String output, String... more) throws IOException {
        var arguments = new String[] {
            "compare",
            "pair.yaml",
            "--seeds",
            "1,2",
            "--output",
            directory.resolve(output).toString()
        };
        return TrainingProcess.start(directory, ObjectArrays.concat(arguments, more, String.class));
    }

    private static Sckd compare(String output, String... more) {
        var arguments = new String[] {
            "compare",
            directory.resolve("pair.yaml").toString(),
            "--output",
            directory.resolve(output).toString()
        };
        return Sckd.run(ObjectArrays.concat(arguments, more, String.class));
    }
}
