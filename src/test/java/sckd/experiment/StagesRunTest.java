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
import sckd.files.AtomicDirectory;
import sckd.report.RunSummary;
import sckd.savedmodel.ModelImport.Existing;
import sckd.training.CheckpointValues;
import sckd.training.TrainingStopped;
import sckd.zoo.Zoo;

/** A student that is trained in stages, from end to end, on noise: a hint alone, then the labels alone, then its own training. */
class StagesRunTest {
    private static final String TRAINING =
            "training: {epochs: 2, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9}}";
    private static final String HINT =
            "losses: [{name: hint, kind: fitnets, teacher: given, teacher-layer: stage1," + " student-layer: stage1}]";

    @TempDir
    private static Path directory;

    private static RunDirectory run;
    private static List<RunSummary> rows;

    private static String text() {
        return head("zoo:plain-cnn-2")
                + """
                losses: [{name: output, kind: output, teacher: given, temperature: 4}]
                gate: cosine
                TRAINING
                stages:
                  - name: hint
                    supervised: {weight: 0}
                    HINT
                    training: {epochs: 3, batch-size: 16, optimizer: {kind: adam, learning-rate: 0.01}}
                  - {name: labels, losses: []}
                methods:
                  NOKD: {losses: [], stages: []}
                  SCKD: {}
                  RAND: {gate: {kind: random, method: SCKD}}
                  SCAL: {gate: {kind: scaled, method: SCKD}}
                """
                        .replace("TRAINING", TRAINING)
                        .replace("HINT", HINT);
    }

    private static String head(String student) {
        return "name: staged\ndata: {dataset: mnist, path: %s, validation: 10}\nstudent: {model: \"%s\"}\nteachers: [{name: given, model: %s}]\n"
                .formatted(directory.resolve("images"), student, directory.resolve("given"));
    }

    @BeforeAll
    static void runOnce() throws IOException {
        MnistFiles.write(directory.resolve("images"), 60, 20);
        Zoo.create("plain-cnn-4", 10, List.of(8, 8, 1), 9, directory.resolve("given"));
        run = new RunDirectory(directory.resolve("run"));
        rows = ExperimentRun.run(Samples.read(text()), run, new Quiet(), () -> false);
    }

    @Test
    void theTableHasARowForEachMethodAndSecondsOfAllStages() {
        assertThat(rows).extracting(RunSummary::name).containsExactly("given", "NOKD", "SCKD", "RAND", "SCAL");
        assertThat(rows.get(2).openRates()).containsOnlyKeys("output");
        assertThat(rows.get(2).model()).isEqualTo("zoo:plain-cnn-2");
        var place = run.method("SCKD");
        var hint = place.stage("hint").findSummary().orElseThrow();
        assertThat(hint.name()).isEqualTo("SCKD/hint");
        assertThat(hint.openRates()).containsOnlyKeys("hint");
        assertThat(hint.steps()).isEqualTo(12);
        var labels = place.stage("labels").findSummary().orElseThrow();
        assertThat(rows.get(2).seconds()).isGreaterThan(hint.seconds() + labels.seconds());
        assertThat(run.method("NOKD").stage("hint").path()).doesNotExist();
    }

    /** The first weights are those of any method of the seed; each stage goes on with the last weights of the one before, not with its best. */
    @Test
    void eachStageBeginsWithTheLastWeightsOfTheOneBefore() throws IOException {
        var place = run.method("SCKD");
        assertThat(Bits.values(place.stage("hint").initial()))
                .hasSameBinaryContentAs(Bits.values(run.method("NOKD").initial()));
        assertThat(Bits.values(place.stage("labels").initial()))
                .hasSameBinaryContentAs(Bits.values(place.stage("hint").student()));
        assertThat(Bits.values(place.initial()))
                .hasSameBinaryContentAs(Bits.values(place.stage("labels").student()));
        var last = directory.resolve("last");
        var export =
                RunExport.write(place.stage("hint").path().resolve("checkpoints/step-00000012"), last, Existing.REFUSE);
        assertThat(export.epoch()).isEqualTo(3);
        assertThat(Bits.values(last))
                .hasSameBinaryContentAs(Bits.values(place.stage("labels").initial()));
    }

    /** As the next stage is told: a training of the exported student by the same losses. */
    @Test
    void aStageIsATrainingOfWhatTheOneBeforeExported() {
        var from = new RunDirectory(directory.resolve("from"));
        var student = run.method("SCKD").stage("labels").student();
        var alone = head(student.toString())
                + "losses: [{name: output, kind: output, teacher: given, temperature: 4}]\ngate: cosine\n" + TRAINING
                + "\n";
        ExperimentRun.run(Samples.read(alone), from, new Quiet(), () -> false);
        Bits.assertSame(from, run.method("SCKD"));
    }

    @Test
    void withoutStagesAMethodIsAsItWas() {
        var plain = new RunDirectory(directory.resolve("plain"));
        ExperimentRun.run(
                Samples.read(head("zoo:plain-cnn-2") + "losses: []\n" + TRAINING + "\n"),
                plain,
                new Quiet(),
                () -> false);
        Bits.assertSame(plain, run.method("NOKD"));
    }

    /** A hint says nothing to what lies behind it. */
    @Test
    void aHintStageLeavesTheClassifierAsItWas() {
        var hint = run.method("SCKD").stage("hint");
        assertThat(values(hint.student(), "classifier/kernel")).isEqualTo(values(hint.initial(), "classifier/kernel"));
        assertThat(values(hint.student(), "stage1/conv1/kernel"))
                .isNotEqualTo(values(hint.initial(), "stage1/conv1/kernel"));
    }

    private static double[] values(Path model, String variable) {
        return CheckpointValues.read(model.resolve("variables/variables"), variable);
    }

    @Test
    void aStopInAStageLosesNoBit() throws IOException {
        var text = text().replaceFirst("(?s)  NOKD:.*", "  SCKD: {}\n");
        var place = new RunDirectory(directory.resolve("stopped"));
        for (int steps : new int[] {5, 13, 6}) { // within the hint, within the labels, within the last
            assertThatThrownBy(() -> ExperimentRun.run(Samples.read(text), place, new Quiet(), Bits.stopAfter(steps)))
                    .isInstanceOf(TrainingStopped.class);
        }
        var method = place.method("SCKD");
        assertThat(method.stage("labels").findSummary()).isPresent();
        assertThat(method.findSummary()).isEmpty();
        // as a process leaves it that is killed while it copies the student
        AtomicDirectory.delete(method.initial());
        Files.createDirectory(method.path().resolve(".initial.partial"));
        var quiet = new Quiet();
        ExperimentRun.run(Samples.read(text), place, quiet, () -> false);
        assertThat(quiet.trained).as("the last training alone is left").isEqualTo(1);
        for (var name : List.of("hint", "labels")) {
            Bits.assertSame(run.method("SCKD").stage(name), method.stage(name));
        }
        Bits.assertSame(run.method("SCKD"), method);
    }

    /** Its stages may have been removed by then. */
    @Test
    void aMethodThatEndedIsNotTrainedAgain() throws IOException {
        var stages = run.method("RAND").path().resolve("stages");
        var moved = directory.resolve("moved");
        Files.move(stages, moved);
        try {
            var quiet = new Quiet();
            ExperimentRun.run(Samples.read(text()), run, quiet, () -> false);
            assertThat(quiet.trained).isZero();
        } finally {
            Files.move(moved, stages);
        }
    }

    /** The record of SCKD's hint stage has the loss that RAND's hint stage has; that of its own training has not. */
    @Test
    void aControlFollowsStageByStage() throws IOException {
        assertThat(rows.get(3).openRates()).containsOnlyKeys("output");
        var hint = run.method("RAND").stage("hint").findSummary().orElseThrow();
        assertThat(hint.openRates()).containsOnlyKeys("hint");
        Logs.assertScaledAs(run.method("SCKD").stage("hint"), run.method("SCAL").stage("hint"));
        Logs.assertScaledAs(run.method("SCKD"), run.method("SCAL"));
    }

    @Test
    void aLayerThatIsNotThereIsToldBeforeTheFirstStep() {
        var place = new RunDirectory(directory.resolve("refused"));
        var experiment = Samples.read(text(), "stages.hint.losses.hint.student-layer=stage9");
        assertThatThrownBy(() -> ExperimentRun.run(experiment, place, new Quiet(), () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("unknown layer 'stage9' of zoo:plain-cnn-2; nearest: stage");
        assertThat(place.path()).doesNotExist();
    }
}
