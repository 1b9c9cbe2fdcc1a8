package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.data.MnistFiles;
import sckd.zoo.Zoo;

/** Controls that open as another method did, from end to end: what the log says of their gates. */
class ControlsRunTest {
    private static final String HEAD =
            """
            name: controls
            data: {dataset: mnist, path: IMAGES}
            student: {model: "zoo:plain-cnn-2"}
            teachers: [{name: given, model: GIVEN, check: false}]
            losses:
              - {name: output, kind: output, teacher: given, temperature: 4}
              - {name: stage, kind: l2, teacher: given, teacher-layer: stage1, student-layer: stage1}
            training: {epochs: 2, batch-size: 1, optimizer: {kind: sgd, learning-rate: 0.02}}
            """;

    private static final String METHODS =
            """
            methods:
              SCKD: {gate: cosine}
              SCAL: {gate: {kind: scaled, method: SCKD}}
              RAND: {gate: {kind: random, method: SCKD}}
            """;

    @TempDir
    private static Path directory;

    private static RunDirectory run;

    @BeforeAll
    static void runOnce() throws IOException {
        MnistFiles.write(directory.resolve("images"), 40, 10);
        Zoo.create("plain-cnn-2", 10, List.of(8, 8, 1), 9, directory.resolve("given"));
        run = run("run", METHODS);
    }

    @Test
    void scaledIsTheRateOfTheEpochAndTheLoss() throws IOException {
        Logs.assertScaledAs(run.method("SCKD"), run.method("SCAL"));
    }

    /** 80 draws for each loss, the same for the same seed; within four standard deviations. */
    @Test
    void randomOpensAsOften() throws IOException {
        var rates = run.method("SCKD").findSummary().orElseThrow().openRates();
        var control = run.method("RAND").findSummary().orElseThrow().openRates();
        for (var loss : List.of("output", "stage")) {
            double rate = rates.get(loss);
            assertThat(control.get(loss)).isEqualTo(rate, within(4 * Math.sqrt(rate * (1 - rate) / 80) + 1e-9));
        }
        assertThat(gates(run.method("RAND"), "output"))
                .containsOnly(0.0, 1.0)
                .isNotEqualTo(gates(run.method("SCKD"), "output"));
    }

    @Test
    void aRunsDirectoryIsFollowedAsAMethodIs() {
        var followed = run.method("SCKD").path();
        Bits.assertSame(run.method("RAND"), run("random", "gate: {kind: random, run: %s}\n".formatted(followed)));
        Bits.assertSame(run.method("SCAL"), run("scaled", "gate: {kind: scaled, run: %s}\n".formatted(followed)));
    }

    @Test
    void aRateOfZeroIsClosedAndOfOneOpenInEveryStep() throws IOException {
        var recorded = Files.createDirectory(directory.resolve("recorded"));
        Files.writeString(
                recorded.resolve("epochs.jsonl"),
                """
                {"epoch":1,"openRates":{"output":0.0,"stage":1.0}}
                {"epoch":2,"openRates":{"output":1.0,"stage":0.0}}
                """);
        var extreme = run("extreme", "gate: {kind: random, run: %s}\n".formatted(recorded));
        assertThat(gates(extreme, "output").subList(0, 40)).containsOnly(0.0);
        assertThat(gates(extreme, "output").subList(40, 80)).containsOnly(1.0);
        assertThat(gates(extreme, "stage").subList(0, 40)).containsOnly(1.0);
        assertThat(gates(extreme, "stage").subList(40, 80)).containsOnly(0.0);
    }

    private static RunDirectory run(String name, String rest) {
        var text = HEAD.replace("IMAGES", directory.resolve("images").toString())
                        .replace("GIVEN", directory.resolve("given").toString())
                + rest;
        var place = new RunDirectory(directory.resolve(name));
        ExperimentRun.run(Samples.read(text), place, new Quiet(), () -> false);
        return place;
    }

    private static List<Double> gates(RunDirectory run, String loss) throws IOException {
        return Logs.steps(run).stream()
                .flatMap(step -> step.findParents("name").stream())
                .filter(record -> record.get("name").asText().equals(loss))
                .map(record -> record.get("gate").asDouble())
                .toList();
    }
}
