package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.data.MnistFiles;
import sckd.report.ResultTable;
import sckd.report.RunSummary;
import sckd.training.TrainingStopped;
import sckd.zoo.Zoo;

/** A chain of assistants (TAKD) from end to end, on noise: a teacher that is given teaches one, both teach another, that one the student. */
class AssistantRunTest {
    private static final String TRAINING =
            "training: {epochs: 2, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9}}";

    @TempDir
    private static Path directory;

    private static RunDirectory run;
    private static List<RunSummary> rows;

    private static String text() {
        return head()
                + """
                student: {model: "zoo:plain-cnn-2"}
                teachers:
                  - {name: given, model: GIVEN}
                  - name: first
                    model: zoo:plain-cnn-3
                    supervised: {weight: 0.1}
                    losses: [{name: output, kind: output, teacher: given, temperature: 4, weight: 0.9}]
                    TRAINING
                  - name: second
                    model: zoo:plain-cnn-2
                    losses:
                      - {name: hint, kind: fitnets, teacher: first, teacher-layer: stage1, student-layer: stage1}
                      - {name: both, kind: output, teacher: [given, first], temperature: 2}
                    gate: cosine
                    TRAINING
                losses: [{name: output, kind: output, teacher: second, temperature: 4}]
                gate: cosine
                TRAINING
                methods: {TAKD: {gate: none}}
                """
                        .replace("GIVEN", directory.resolve("given").toString())
                        .replace("TRAINING", TRAINING);
    }

    private static String head() {
        return "name: chain\ndata: {dataset: mnist, path: %s}\n".formatted(directory.resolve("images"));
    }

    @BeforeAll
    static void runOnce() throws IOException {
        MnistFiles.write(directory.resolve("images"), 50, 20);
        Zoo.create("plain-cnn-4", 10, List.of(8, 8, 1), 9, directory.resolve("given"));
        run = new RunDirectory(directory.resolve("run"));
        rows = ExperimentRun.run(Samples.read(text()), run, new Quiet(), () -> false);
    }

    @Test
    void everyLinkIsARowWithItsOpenRates() {
        assertThat(rows).extracting(RunSummary::name).containsExactly("given", "first", "second", "TAKD");
        assertThat(rows).extracting(RunSummary::steps).containsExactly(0L, 8L, 8L, 8L);
        assertThat(rows.get(1).openRates()).containsOnlyKeys("output").containsEntry("output", 1.0);
        assertThat(rows.get(2).openRates()).containsOnlyKeys("hint", "both");
        assertThat(new ResultTable(rows).render().lines())
                .anyMatch(line -> line.matches("\\s*first .* 1\\.000 .*"))
                .anyMatch(line -> line.contains("open: hint"));
    }

    /** An assistant is what a student of its teacher's is: ungated unless it says otherwise, whatever the experiment's gate. */
    @Test
    void anAssistantIsTrainedAsAStudentByItsOwnLosses() {
        var alone = new RunDirectory(directory.resolve("alone"));
        var student = head()
                + """
                student: {model: "zoo:plain-cnn-3"}
                teachers: [{name: given, model: GIVEN}]
                supervised: {weight: 0.1}
                losses: [{name: output, kind: output, teacher: given, temperature: 4, weight: 0.9}]
                gate: none
                TRAINING
                """
                        .replace("GIVEN", directory.resolve("given").toString())
                        .replace("TRAINING", TRAINING);
        ExperimentRun.run(Samples.read(student), alone, new Quiet(), () -> false);
        Bits.assertSame(alone, run.teacher("first"));
    }

    /** And teaches as the model that it was exported as. */
    @Test
    void theStudentLearnsFromTheAssistant() {
        var from = new RunDirectory(directory.resolve("from"));
        var student = head()
                + """
                student: {model: "zoo:plain-cnn-2"}
                teachers: [{name: second, model: SECOND}]
                losses: [{name: output, kind: output, teacher: second, temperature: 4}]
                gate: none
                TRAINING
                """
                        .replace("SECOND", run.teacher("second").student().toString())
                        .replace("TRAINING", TRAINING);
        ExperimentRun.run(Samples.read(student), from, new Quiet(), () -> false);
        Bits.assertSame(from, run.method("TAKD"));
    }

    @Test
    void aStopInAnAssistantLosesNoBit() {
        var place = new RunDirectory(directory.resolve("stopped"));
        for (int steps : new int[] {3, 8, 6}) { // within the first, within the second, within the student
            assertThatThrownBy(() -> ExperimentRun.run(Samples.read(text()), place, new Quiet(), Bits.stopAfter(steps)))
                    .isInstanceOf(TrainingStopped.class);
        }
        assertThat(place.teacher("first").findSummary()).isPresent();
        assertThat(place.method("TAKD").findSummary()).isEmpty();
        var quiet = new Quiet();
        ExperimentRun.run(Samples.read(text()), place, quiet, () -> false);
        assertThat(quiet.trained).as("the student alone is left").isEqualTo(1);
        for (var name : List.of("first", "second")) {
            Bits.assertSame(run.teacher(name), place.teacher(name));
        }
        Bits.assertSame(run.method("TAKD"), place.method("TAKD"));
    }

    @Test
    void aLayerThatIsNotThereIsToldBeforeTheFirstStep() {
        var place = new RunDirectory(directory.resolve("refused"));
        var experiment = Samples.read(text(), "teachers.second.losses.hint.teacher-layer=stage9");
        assertThatThrownBy(() -> ExperimentRun.run(experiment, place, new Quiet(), () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("stage9");
        assertThat(Files.exists(place.path())).isFalse();
    }
}
