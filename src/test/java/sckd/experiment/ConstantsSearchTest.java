package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.UserException;
import sckd.data.MnistFiles;
import sckd.report.SearchResult.Tried;
import sckd.training.EpochRecord;

class ConstantsSearchTest {
    @TempDir
    private Path directory;

    private String file;

    @BeforeEach
    void writeFile() throws IOException {
        MnistFiles.write(directory.resolve("images"), 96, 20);
        file = directory.resolve("small.yaml").toString();
        Files.writeString(
                Path.of(file),
                """
                name: small
                data: {dataset: mnist, path: IMAGES, validation: 32}
                student: {model: "zoo:plain-cnn-2"}
                training: {epochs: 2, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05}}
                methods: {A: {}, B: {training: {epochs: 1, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.1}}}}
                """
                        .replace("IMAGES", directory.resolve("images").toString()));
    }

    @Test
    void triesEveryCombinationAndRanksByValidation() throws IOException {
        var search = search("A", "training.optimizer.learning-rate=.0001,.05", "training.batch-size=16,32");
        var place = new RunDirectory(directory.resolve("run"));
        var told = new Quiet();
        var result = search.run(place, told, () -> false);
        assertThat(told.messages)
                .filteredOn(line -> line.contains(" images in epoch "))
                .hasSize(4)
                .allMatch(
                        line -> line.matches("A-\\d: [0-9.]+ % on the validation images in epoch [12], after \\d+ s"));
        assertThat(result.images()).isEqualTo(32);
        assertThat(result.tried())
                .extracting(Tried::values)
                .containsExactlyInAnyOrder(
                        values(".0001", "16"), values(".0001", "32"), values(".05", "16"), values(".05", "32"));
        assertThat(result.tried()).extracting(Tried::validation).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        for (var tried : result.tried()) {
            var epochs = Files.readAllLines(place.method(tried.name()).path().resolve("epochs.jsonl"));
            var best = new JsonMapper().readValue(epochs.get(tried.epoch() - 1), EpochRecord.class);
            assertThat(best.evaluatedOn()).isEqualTo("validation");
            assertThat(tried.validation()).isEqualTo(best.evaluation().top1());
        }
        assertThat(result.render())
                .contains("the best: --set training.optimizer.learning-rate="
                        + result.tried().get(0).values().get("training.optimizer.learning-rate"));

        var quiet = new Quiet();
        assertThat(search.run(place, quiet, () -> false)).isEqualTo(result);
        assertThat(quiet.trained).as("all are there").isZero();
    }

    @Test
    void keysCanChangeTogether() {
        var search = search("B", "methods.B.training.epochs+supervised.weight=2+.5,3+.25");
        assertThat(search.trials().values())
                .extracting(Trial::values)
                .containsExactly(
                        Map.of("methods.B.training.epochs", "2", "supervised.weight", ".5"),
                        Map.of("methods.B.training.epochs", "3", "supervised.weight", ".25"));
        var second = search.experiment().byMethod().get("B-2");
        assertThat(second.training().epochs()).isEqualTo(3);
        assertThat(second.supervised().weight()).isEqualTo(.25f);
    }

    @Test
    void stagesHaveConstantsToo() {
        var search = ConstantsSearch.of(
                file,
                List.of("stages=[{name: early, supervised: {weight: 1}}]"),
                Optional.of("A"),
                List.of("stages.early.supervised.weight=.5,2"));
        assertThat(search.experiment().byMethod().values())
                .extracting(method -> method.stages().get(0).changes().supervised())
                .containsExactly(Optional.of(new Supervised(.5f)), Optional.of(new Supervised(2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    supervised.weight         | --try is 'supervised.weight'; expected KEY=VALUE,VALUE such as losses.output.weight=.3,.6,.9
                    supervised.weight=        | --try supervised.weight has the value ''; expected values, such as losses.output.weight=.3,.6,.9
                    a+b=1+2,3                 | --try a+b has the value '3'; expected 2 values with + between them
                    data.train-limit=10,20    | --try has data.train-limit; expected keys of student, supervised, losses, gate, training or stages, or of a method
                    supervised.weight=1,2,1.0 | --try: nothing differs between supervised.weight=1 and supervised.weight=1.0; expected values that do; what method 'A' replaces is under methods.A
                    """)
    void refusesWhatItCannotTry(String tried, String message) {
        assertThatThrownBy(() -> search("A", tried))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    @Test
    void refusesKeysThatTheMethodReplaces() {
        assertThatThrownBy(() -> search("B", "training.epochs=3,4"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "--try: nothing differs between training.epochs=3 and training.epochs=4; expected values that do; what method 'B' replaces is under methods.B");
        assertThat(search("B", "methods.B.training.epochs=3,4").trials()).hasSize(2);
    }

    @Test
    void valuesMayHaveBrackets() {
        var search = search(
                "A",
                "training={epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 1}, schedule: {kind: step, at: [1, 2]}}, {epochs: 2, batch-size: 8, optimizer: {kind: sgd, learning-rate: 1}}");
        assertThat(search.trials().values())
                .extracting(trial -> trial.values().get("training"))
                .containsExactly(
                        "{epochs: 1, batch-size: 8, optimizer: {kind: sgd, learning-rate: 1}, schedule: {kind: step, at: [1, 2]}}",
                        "{epochs: 2, batch-size: 8, optimizer: {kind: sgd, learning-rate: 1}}");
    }

    @Test
    void refusesASearchOnTheTestImages() {
        assertThatThrownBy(() -> ConstantsSearch.of(
                        file, List.of("data.validation=0"), Optional.of("A"), List.of("supervised.weight=1,2")))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("data.validation is 0; expected training images held out");
    }

    @Test
    void namesTheMethods() {
        assertThatThrownBy(() -> ConstantsSearch.of(file, List.of(), Optional.empty(), List.of("seed=1")))
                .hasMessage("--method is missing; expected one of A, B");
        assertThatThrownBy(() -> search("C", "supervised.weight=1"))
                .hasMessage("--method is 'C', which is no method; nearest: A");
        assertThatThrownBy(() -> search("A", "supervised.weight=1", "supervised.weight=2"))
                .hasMessage("--try has supervised.weight twice; expected all values of a key in one");
    }

    private static Map<String, String> values(String rate, String batch) {
        return Map.of("training.optimizer.learning-rate", rate, "training.batch-size", batch);
    }

    private ConstantsSearch search(String method, String... tries) {
        return ConstantsSearch.of(file, List.of(), Optional.of(method), List.of(tries));
    }
}
