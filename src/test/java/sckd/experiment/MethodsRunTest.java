package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import sckd.data.MnistFiles;
import sckd.savedmodel.ModelSettings;
import sckd.training.Evaluation;
import sckd.training.TrainingStopped;
import sckd.zoo.Zoo;

/** Every loss that no other run has, several teachers with a loss each, a gated warm-up, and ESKD, from end to end on noise: trained, stopped and resumed, exported. */
class MethodsRunTest {
    private static final String TEXT =
            """
            name: methods
            data: {dataset: mnist, path: IMAGES}
            student: {model: "zoo:plain-cnn-2"}
            teachers:
              - {name: one, model: ONE, check: false}
              - {name: two, model: TWO, check: false}
            gate: none
            training: {epochs: 2, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9}}
            methods:
              NOKD: {losses: []}
              AT: {losses: [{name: loss, kind: attention, teacher: one, teacher-layer: stage1, student-layer: stage1, weight: 100}]}
              SP: {losses: [{name: loss, kind: similarity, teacher: one, teacher-layer: stage1, student-layer: stage1, weight: 100}]}
              RKD: {losses: [{name: loss, kind: relational, teacher: one, teacher-layer: stage1, student-layer: stage1}]}
              DKD: {losses: [{name: loss, kind: dkd, teacher: one}]}
              DIST: {losses: [{name: loss, kind: dist, teacher: one}]}
              SOFT: {losses: [{name: loss, kind: soft-cross-entropy, teacher: one}]}
              EACH:
                losses:
                  - {name: loss, kind: output, teacher: one, temperature: 4, weight: 0.5}
                  - {name: other, kind: output, teacher: two, temperature: 4, weight: 0.5}
                gate: cosine
              WARM:
                losses: [{name: loss, kind: dkd, teacher: one}]
                gate: {kind: product, of: [cosine, {kind: schedule, shape: linear, epochs: 2, from: 0, to: 1}]}
              ESKD: {losses: [{name: loss, kind: output, teacher: one}], gate: {kind: schedule, epochs: 1}}
            """;

    private static final List<String> METHODS =
            List.of("AT", "SP", "RKD", "DKD", "DIST", "SOFT", "EACH", "WARM", "ESKD");
    /** Of 40 images in batches of 16: three an epoch. */
    private static final int STEPS = 6;

    @TempDir
    private static Path directory;

    private static Experiment experiment;
    private static RunDirectory whole;
    private static RunDirectory stopped;

    @BeforeAll
    static void runOnceInOneGoAndOnceWithStops() throws IOException {
        MnistFiles.write(directory.resolve("images"), 40, 100);
        Zoo.create("plain-cnn-2", 10, List.of(8, 8, 1), 9, directory.resolve("one"));
        Zoo.create("plain-cnn-2", 10, List.of(8, 8, 1), 10, directory.resolve("two"));
        experiment =
                Samples.read(TEXT.replace("IMAGES", directory.resolve("images").toString())
                        .replace("ONE", directory.resolve("one").toString())
                        .replace("TWO", directory.resolve("two").toString()));
        whole = new RunDirectory(directory.resolve("whole"));
        ExperimentRun.run(experiment, whole, new Quiet(), () -> false);
        stopped = new RunDirectory(directory.resolve("stopped"));
        runWithStops();
    }

    /** In the middle of the second epoch of one method and of the first of the next; of ESKD while it distils and after. */
    private static void runWithStops() {
        var stops = new HashSet<Integer>();
        for (int m = 0; m < METHODS.size(); m++) {
            stops.add(STEPS * (m + 1) + (m % 2 == 0 ? 5 : 2));
        }
        stops.add(STEPS * METHODS.size() + 1);
        var steps = new int[1];
        int count = 0;
        while (true) {
            try {
                ExperimentRun.run(experiment, stopped, new Quiet(), () -> stops.contains(++steps[0]));
                break;
            } catch (TrainingStopped e) {
                count++;
            }
        }
        assertThat(count).isEqualTo(stops.size());
        assertThat(steps[0]).as("no step is done twice").isEqualTo(STEPS * (METHODS.size() + 1));
    }

    @ParameterizedTest
    @FieldSource("METHODS")
    void theLossMovesTheStudent(String method) throws IOException {
        assertThat(Logs.steps(whole.method(method)))
                .hasSize(STEPS)
                .allMatch(step -> step.at("/losses/0/loss").asDouble() > 0);
        assertThat(Files.readAllBytes(Bits.values(whole.method(method).initial())))
                .isEqualTo(Files.readAllBytes(Bits.values(whole.method("NOKD").initial())));
        assertThat(Files.readAllBytes(Bits.values(whole.method(method).student())))
                .isNotEqualTo(
                        Files.readAllBytes(Bits.values(whole.method("NOKD").student())));
    }

    @ParameterizedTest
    @FieldSource("METHODS")
    void aStopLosesNoBit(String method) {
        Bits.assertSame(whole.method(method), stopped.method(method));
    }

    @ParameterizedTest
    @FieldSource("METHODS")
    void theExportedStudentHasTheAccuracyThatIsTold(String method) {
        var images = Images.read(experiment.data(), experiment.seed());
        var place = whole.method(method);
        var student = Models.read(method, place.student(), ModelSettings.NONE, images.dataSet());
        assertThat(Evaluation.run(student, images.training().test(), 10).top1())
                .isEqualTo(place.findSummary().orElseThrow().last(), within(1e-9));
    }

    @Test
    void eskdIsOffFromItsEpochOn() throws IOException {
        for (var step : Logs.steps(whole.method("ESKD"))) {
            assertThat(step.at("/losses/0/gate").asDouble())
                    .isEqualTo(step.get("epoch").asInt() == 1 ? 1 : 0);
        }
        assertThat(Logs.epochs(whole.method("ESKD")))
                .extracting(epoch -> epoch.at("/openRates/loss").asDouble())
                .containsExactly(1.0, 0.0);
    }

    @Test
    void aWarmUpRisesWhereItsGateIsOpen() throws IOException {
        for (var step : Logs.steps(whole.method("WARM"))) {
            double risen = (step.get("step").asInt() - 1) / (double) STEPS;
            assertThat(step.at("/losses/0/gate").asDouble())
                    .isEqualTo(step.at("/losses/0/cosine").asDouble() > 0 ? risen : 0, within(1e-6));
        }
    }

    @Test
    void eachTeacherHasItsLossAndItsGate() throws IOException {
        for (var step : Logs.steps(whole.method("EACH"))) {
            for (var loss : step.get("losses")) {
                assertThat(loss.get("gate").asDouble())
                        .isEqualTo(loss.get("cosine").asDouble() > 0 ? 1 : 0);
            }
            assertThat(step.at("/losses/0/loss").asDouble())
                    .isNotEqualTo(step.at("/losses/1/loss").asDouble());
        }
    }
}
