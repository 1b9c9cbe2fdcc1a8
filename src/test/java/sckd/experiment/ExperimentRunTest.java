package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.UserException;
import sckd.data.MnistFiles;
import sckd.files.DirectoryLock;
import sckd.report.RunSummary;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelDigest;
import sckd.savedmodel.ModelImport.Existing;
import sckd.training.EpochRecord;
import sckd.training.StepRecord;
import sckd.training.TrainingListener;
import sckd.zoo.Zoo;

/** Small experiments from end to end, on noise. */
class ExperimentRunTest {
    @TempDir
    private static Path directory;

    private static final Heard HEARD = new Heard();
    private static RunDirectory run;
    private static List<RunSummary> rows;

    private static String text() {
        return """
            name: small
            data: {dataset: mnist, path: %s}
            student: {model: "zoo:plain-cnn-2"}
            teachers:
              - {name: given, model: %s}
              - name: trained
                model: zoo:plain-cnn-4
                training: {epochs: 1, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05}}
            losses:
              - {name: z-output, kind: output, teacher: trained, temperature: 4, weight: 0.9}
              - {name: a-output, kind: output, teacher: given, temperature: 2, weight: 0.1}
              - {name: hint, kind: fitnets, teacher: trained, teacher-layer: stage2, student-layer: stage1}
            gate: cosine
            training: {epochs: 2, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9}}
            methods:
              NOKD: {losses: []}
              SCKD: {}
              RAND: {gate: {kind: random, method: SCKD}}
            """
                .formatted(directory.resolve("images"), directory.resolve("given"));
    }

    @BeforeAll
    static void runOnce() throws IOException {
        MnistFiles.write(directory.resolve("images"), 50, 20);
        Zoo.create("plain-cnn-2", 10, List.of(8, 8, 1), 9, directory.resolve("given"));
        Zoo.create("plain-cnn-2", 7, List.of(8, 8, 1), 9, directory.resolve("seven"));
        run = new RunDirectory(directory.resolve("run"));
        rows = ExperimentRun.run(Samples.read(text()), run, HEARD, () -> false);
    }

    @Test
    void teachersComeFirstThenTheMethods() {
        assertThat(rows).extracting(RunSummary::name).containsExactly("given", "trained", "NOKD", "SCKD", "RAND");
        assertThat(rows).extracting(RunSummary::steps).containsExactly(0L, 4L, 8L, 8L, 8L);
        assertThat(rows).extracting(RunSummary::bestEpoch).startsWith(0, 1);
        assertThat(HEARD.messages).contains("given: evaluating on 20 test images");
        assertThat(HEARD.finished).containsExactly("trained", "NOKD", "SCKD", "RAND");
    }

    @Test
    void openRatesKeepTheOrderOfTheLosses() {
        assertThat(rows.get(3).openRates().keySet()).containsExactly("z-output", "a-output", "hint");
        assertThat(run.method("SCKD").findSummary()).hasValue(rows.get(3));
        assertThat(run.method("SCKD").findSummary().orElseThrow().openRates().keySet())
                .containsExactly("z-output", "a-output", "hint");
        assertThat(rows.get(2).openRates()).isEmpty();
    }

    @Test
    void theStudentIsExportedBare() {
        var student = ClassifierModel.read(Path.of(rows.get(3).directory()));
        var initial = ClassifierModel.read(run.method("SCKD").initial());
        assertThat(student.variables()).isEqualTo(initial.variables());
        assertThat(rows.get(3).parameters()).isEqualTo(student.trainableParameters());
    }

    @Test
    void whatIsDoneIsNotDoneAgain() {
        var heard = new Heard();
        assertThat(ExperimentRun.run(Samples.read(text()), run, heard, () -> false))
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("peakMemoryMebibytes") // of the process
                .isEqualTo(rows);
        assertThat(heard.steps).isZero();
        assertThat(heard.messages)
                .containsExactly(
                        "trained: trained by an earlier process",
                        "NOKD: trained by an earlier process",
                        "SCKD: trained by an earlier process",
                        "RAND: trained by an earlier process");
    }

    @Test
    void aTeacherThatChangedUnderARunIsRefused() throws IOException {
        var note = directory.resolve("given/assets.extra/note.txt");
        Files.writeString(note, "another model");
        try {
            assertThatThrownBy(() -> ExperimentRun.run(Samples.read(text()), run, new Heard(), () -> false))
                    .isInstanceOf(UserException.class)
                    .hasMessageMatching(
                            "teacher 'given': \\Q%s\\E is another model than the run began with \\(SHA-256 \\w{12}, was \\w{12}\\); bring it back, or start a new run without --resume"
                                    .formatted(directory.resolve("given")));
        } finally {
            Files.delete(note);
        }
    }

    /** As a process leaves it that is killed while it exports. */
    @Test
    void anExportThatWasCutShortIsDoneAgain() throws IOException {
        var place = run.method("NOKD");
        var file = place.student().resolve("variables/variables.data-00000-of-00001");
        var bytes = Files.readAllBytes(file);
        Files.delete(place.path().resolve("summary.json"));
        Files.write(file, new byte[] {1});
        var heard = new Heard();
        assertThat(ExperimentRun.run(Samples.read(text()), run, heard, () -> false))
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("peakMemoryMebibytes") // of the process
                .isEqualTo(rows);
        assertThat(heard.steps).isZero();
        assertThat(file).hasBinaryContent(bytes);
    }

    @Test
    void aRunIsInNoneOfItsModels() throws IOException {
        var given = directory.resolve("given");
        var digest = ModelDigest.of(given);
        var inside = new RunDirectory(given.resolve("runs/1"));
        assertThatThrownBy(() -> ExperimentRun.run(Samples.read(text()), inside, new Heard(), () -> false))
                .isInstanceOf(UserException.class)
                .hasMessage("%s: lies in the model %s, which a run does not write to; name another --output"
                        .formatted(inside.path(), given));
        assertThat(ModelDigest.of(given)).isEqualTo(digest);
    }

    @Test
    void exportsTheStudentOfACheckpoint() {
        var checkpoint = run.method("NOKD").path().resolve("checkpoints/step-00000004");
        var target = directory.resolve("exported");
        assertThat(RunExport.write(checkpoint, target, Existing.REFUSE))
                .isEqualTo(new RunExport.Report(run.method("NOKD").path().toString(), target.toString(), 1, 4));
        assertThat(ClassifierModel.read(target).trainableParameters())
                .isEqualTo(rows.get(2).parameters());
    }

    /** As from within it: {@code sckd export . --to …}. */
    @Test
    void aCheckpointMayBeNamedByADot() {
        var checkpoint = run.method("NOKD").path().resolve("checkpoints/step-00000004");
        assertThat(RunExport.write(checkpoint.resolve("."), directory.resolve("dotted"), Existing.REFUSE))
                .extracting(RunExport.Report::run, RunExport.Report::step)
                .containsExactly(run.method("NOKD").path().toString(), 4L);
    }

    @Test
    void aDirectoryWithoutARunIsRefused() {
        assertThatThrownBy(() -> RunExport.write(run.student(), directory.resolve("none"), Existing.REFUSE))
                .isInstanceOf(UserException.class)
                .hasMessage(run.student() + ": no run and no checkpoint; expected a directory with checkpoints/ in it, "
                        + "such as runs/quickstart/SCKD");
    }

    @Test
    void aDirectoryOfMethodsIsRefusedByTheirNames() {
        assertThatThrownBy(() -> RunExport.write(run.path(), directory.resolve("none"), Existing.REFUSE))
                .isInstanceOf(UserException.class)
                .hasMessage("%s: has a run for each method; expected one of them: %s, %s, %s"
                        .formatted(
                                run.path(),
                                run.method("NOKD").path(),
                                run.method("RAND").path(),
                                run.method("SCKD").path()));
    }

    /** What would stop the last stage is told before the first. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "losses.hint.student-layer=stage1/conv2|stage1/conv2",
                "student.model=SEVEN|NOKD (SEVEN): its logits are for 7 classes, the data set has 10;",
                "teachers.given.model=SEVEN|given (SEVEN): its logits are for 7 classes, the data set has 10;",
                "data.path=nowhere|nowhere",
                "data.dataset=shapes|; shapes is generated and has no files: leave data.path out",
                "data.train-limit=51|data.train-limit is 51; expected at most the 50 training images there are",
                "data.validation=50|data.validation is 50; expected less than the 50 training images",
            })
    void whatCannotRunLeavesNoRunBehind(String override, String message) {
        var seven = directory.resolve("seven").toString();
        var experiment = Samples.read(text(), override.replace("SEVEN", seven));
        var place = new RunDirectory(directory.resolve("refused"));
        assertThatThrownBy(() -> ExperimentRun.run(experiment, place, new Heard(), () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message.replace("SEVEN", seven));
        assertThat(place.path()).doesNotExist();
    }

    @Test
    void runsAreNumberedInTheOrderOfTheirStart() throws IOException {
        var root = Files.createDirectory(directory.resolve("runs"));
        assertThatThrownBy(() -> Runs.newest(root, "small", false))
                .isInstanceOf(UserException.class)
                .hasMessage("no run of 'small' under " + root
                        + " to go on with; start it without --resume, or name it with --output");
        assertThat(Runs.nextFree(root, "small")).isEqualTo(root.resolve("small"));
        for (var name : List.of("small", "small-3", "small-10", "small-x", "other-11")) {
            Files.createDirectory(root.resolve(name));
        }
        assertThat(Runs.newest(root, "small", false)).isEqualTo(root.resolve("small-10"));
        assertThat(Runs.nextFree(root, "small")).isEqualTo(root.resolve("small-11"));
    }

    /** A process that is killed just after it has locked its new directory leaves no more. */
    @Test
    void aDirectoryWithNothingButALockIsFree() throws IOException {
        var place = Files.createDirectory(directory.resolve("locked"));
        DirectoryLock.acquire(place).close();
        var experiment = Samples.read(Samples.MINIMAL);
        assertThat(Runs.create(experiment, Optional.of(place)).directory().path())
                .isEqualTo(place);
        Files.writeString(place.resolve("notes.txt"), "of the user");
        assertThatThrownBy(() -> Runs.create(experiment, Optional.of(place)))
                .hasMessage(place + ": exists already; expected a new or empty directory: name another or remove it");
    }

    @Test
    void runsAndComparisonsAreGoneOnWithApart() throws IOException {
        var root = Files.createDirectory(directory.resolve("both"));
        for (var name : List.of("small", "small-2", "small-3/seed-1", "small-4/seed-1")) {
            new RunDirectory(root.resolve(name)).create();
        }
        new RunDirectory(root.resolve("small-3/seed-1")).writeExperiment(Samples.read(Samples.MINIMAL));
        var comparison = root.resolve("small-3");
        new RunDirectory(comparison).writeExperiment(Samples.read(Samples.MINIMAL));
        assertThat(Runs.newest(root, "small", true)).isEqualTo(comparison);
        assertThat(Runs.newest(root, "small", false))
                .as("a method may be called seed-1")
                .isEqualTo(root.resolve("small-4"));
        var command = "`sckd compare %1$s/experiment.yaml --resume --output %1$s`".formatted(comparison);
        assertThatThrownBy(() -> Runs.resume(Optional.empty(), List.of(), Optional.of(comparison)))
                .isInstanceOf(UserException.class)
                .hasMessage(comparison + ": holds a comparison, no run; " + command + " goes on with it");
        var file = comparison.resolve("experiment.yaml").toString();
        assertThatThrownBy(() -> Runs.resumeComparison(file, List.of("seed=2"), Optional.of(comparison)))
                .hasMessage(file + ": differs from what is asked for in seed; " + command
                        + " goes on as it was started, without --resume a new one starts");
        assertThat(Runs.resumeComparison(file, List.of(), Optional.of(comparison))
                        .directory()
                        .path())
                .isEqualTo(comparison);
        var run = new RunDirectory(root.resolve("small-2"));
        run.writeExperiment(Samples.read(Samples.MINIMAL));
        assertThat(Runs.resumeComparison(file, List.of(), Optional.of(run.path()))
                        .directory())
                .as("stopped before its first seed began")
                .isEqualTo(run);
        run.teacher("big").create();
        assertThatThrownBy(() -> Runs.resumeComparison(file, List.of(), Optional.of(run.path())))
                .hasMessage("%1$s: holds a run, no comparison; `sckd train --resume --output %1$s` goes on with it"
                        .formatted(run.path()));
    }

    @Test
    void anotherExperimentThanTheRunsIsNamedByItsKeys() {
        var stored = Samples.read(Samples.MINIMAL);
        var asked = Samples.read(
                Samples.MINIMAL,
                "training.epochs=3",
                "training.optimizer.kind=adam",
                "data.validation=10",
                "data.augment=[horizontal-flip]");
        var place = new RunDirectory(Path.of("runs/minimal"));
        assertThatThrownBy(() -> Runs.checkSame(asked, stored, place))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "runs/minimal/experiment.yaml: differs from what is asked for in data.augment, data.validation,"
                                + " training.epochs, training.optimizer.kind, training.optimizer.beta1, training.optimizer.beta2,"
                                + " training.optimizer.epsilon, training.optimizer.momentum, training.optimizer.nesterov,"
                                + " training.optimizer.decoupled-weight-decay; `sckd train --resume --output runs/minimal` goes on"
                                + " as it was started, without --resume a new one starts");
        Runs.checkSame(stored, Samples.read(Samples.MINIMAL), place);
    }

    /** Keeps what it hears. */
    private static final class Heard implements RunListener, TrainingListener {
        private final List<String> messages = new ArrayList<>();
        private final List<String> finished = new ArrayList<>();
        private int steps;

        @Override
        public void message(String line) {
            messages.add(line);
        }

        @Override
        public TrainingListener training(String stage, int epochs) {
            return this;
        }

        @Override
        public void finished(RunSummary summary) {
            finished.add(summary.name());
        }

        @Override
        public void step(StepRecord record, long images, long total) {
            steps++;
        }

        @Override
        public void epoch(EpochRecord record) {
            // steps are enough
        }
    }
}
