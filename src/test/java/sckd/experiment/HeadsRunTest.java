package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sckd.UserException;
import sckd.report.RunSummary;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelDigest;
import sckd.training.TrainingStopped;

/** Teacher and student with heads, from end to end, on generated images. */
class HeadsRunTest {
    private static final String TEXT =
            """
            name: heads
            data: {dataset: shapes, train-limit: 32, test-limit: 16}
            student: {model: "zoo:plain-cnn-2", heads: [{name: early, kind: separable, layer: stage1}]}
            teachers:
              - name: big
                model: zoo:plain-cnn-4
                heads: [{name: middle, kind: separable, layer: stage1, weight: 0.5}]
                losses: [{name: own, kind: output, teacher: self, student-layer: heads/middle/logits}]
                training: {epochs: 1, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05}}
            losses:
              - {name: logits, kind: soft-cross-entropy, teacher: big, teacher-layer: heads/middle/logits, student-layer: heads/early/logits, temperature: {from: 1, to: 4}}
              - {name: feature, kind: tofd, teacher: big, teacher-layer: heads/middle/feature, student-layer: heads/early/feature}
              - {name: own, kind: soft-cross-entropy, teacher: self, student-layer: heads/early/logits, temperature: 3, weight: 0.3}
            gate: cosine
            training: {epochs: 1, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9}}
            methods:
              BARE: {student: {model: "zoo:plain-cnn-2"}, losses: []}
              NOKD: {losses: []}
              SCKD: {}
            """;

    @TempDir
    private static Path directory;

    private static RunDirectory run;
    private static List<RunSummary> rows;

    @BeforeAll
    static void runOnce() {
        run = new RunDirectory(directory.resolve("run"));
        rows = ExperimentRun.run(Samples.read(TEXT), run, new Quiet(), () -> false);
    }

    @Test
    void theExportHasNothingOfHeads() {
        for (var row : rows) {
            var student = ClassifierModel.read(Path.of(row.directory()));
            var initial = ClassifierModel.read(Path.of(row.directory()).resolveSibling("initial"));
            assertThat(student.variables()).isEqualTo(initial.variables());
            assertThat(row.parameters()).isEqualTo(initial.trainableParameters());
        }
    }

    @Test
    void trainedHeadsAreKeptBesideIt() {
        assertThat(run.teacher("big").heads()).isDirectoryContaining("glob:**/variables.index");
        assertThat(run.method("SCKD").heads()).isDirectoryContaining("glob:**/variables.index");
        assertThat(run.method("BARE").heads()).doesNotExist();
    }

    @Test
    void headsTeachTheirStudent() {
        assertThat(ModelDigest.of(run.method("NOKD").initial()))
                .isEqualTo(ModelDigest.of(run.method("BARE").initial()));
        assertThat(ModelDigest.of(run.method("NOKD").student()))
                .isNotEqualTo(ModelDigest.of(run.method("BARE").student()));
    }

    /** In the teacher, at the end of its training and within a student's. */
    @Test
    void aRunThatWasStoppedEndsWithTheSameBits() throws IOException {
        var other = new RunDirectory(directory.resolve("stopped"));
        var stops = Set.of(1, 2, 7);
        var steps = new int[1];
        int stopped = 0;
        while (true) {
            try {
                ExperimentRun.run(Samples.read(TEXT), other, new Quiet(), () -> stops.contains(++steps[0]));
                break;
            } catch (TrainingStopped e) {
                stopped++;
            }
        }
        assertThat(stopped).isEqualTo(stops.size());
        assertSame(run.teacher("big"), other.teacher("big"));
        assertSame(run.method("SCKD"), other.method("SCKD"));
    }

    private static void assertSame(RunDirectory whole, RunDirectory stopped) throws IOException {
        assertThat(Files.readString(stopped.path().resolve("steps.jsonl")))
                .isEqualTo(Files.readString(whole.path().resolve("steps.jsonl")))
                .contains("\"heads\":[{\"name\":");
        assertThat(ModelDigest.of(stopped.student())).isEqualTo(ModelDigest.of(whole.student()));
        assertThat(ModelDigest.of(stopped.heads())).isEqualTo(ModelDigest.of(whole.heads()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "student.heads.early.layer=stge1|unknown layer 'stge1' of ",
                "student.heads.early.layer=pooled|unknown layer 'pooled' of ",
                "losses.logits.teacher-layer=heads/midle/logits|nearest: heads/middle/logits",
                "losses.own.teacher-layer=stage1|loss 'own': teacher-layer 'stage1' is [batch, 16, 16, 16]; expected logits [batch, 10]: ",
                "methods.NOKD={student: {model: 'zoo:plain-cnn-2'}}|; it has no heads",
            })
    void whatCannotRunIsToldBeforeTheTeacherIsTrained(String override, String message) {
        var place = new RunDirectory(directory.resolve("refused"));
        assertThatThrownBy(() -> ExperimentRun.run(Samples.read(TEXT, override), place, new Quiet(), () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
        assertThat(place.path()).doesNotExist();
    }
}
