package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.data.MnistFiles;
import sckd.data.Normalization;
import sckd.report.RunSummary;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.InputSettings;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.ModelImport;
import sckd.savedmodel.ModelSettings;
import sckd.training.EpochRecord;
import sckd.training.StepRecord;
import sckd.training.TrainingListener;
import sckd.zoo.Zoo;

/** A run whose student is a SavedModel of which the experiment states a scaling and the names of its classes. */
class StatedStudentTest {
    @TempDir
    private static Path directory;

    private static RunDirectory run;
    private static final List<String> MESSAGES = new ArrayList<>();
    private static final List<String> CLASSES = List.of("9", "8", "7", "6", "5", "4", "3", "2", "1", "0");
    private static final Normalization SCALING = new Normalization(1, List.of(128f), List.of(64f));

    private static String text() {
        return """
            name: stated
            data: {dataset: mnist, path: %s}
            student:
              model: %s
              input: {scale: 1, mean: 128, std: 64}
              classes: %s
              trust-ops: [WriteFile]
            training: {epochs: 1, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05}}
            methods: {ONE: {}, OTHER: {student: {model: "zoo:plain-cnn-2"}}}
            """
                .formatted(directory.resolve("images"), directory.resolve("student"), CLASSES);
    }

    @BeforeAll
    static void runOnce() throws IOException {
        MnistFiles.write(directory.resolve("images"), 20, 10);
        Zoo.create("plain-cnn-2", 10, List.of(8, 8, 1), 9, directory.resolve("student"));
        run = new RunDirectory(directory.resolve("run"));
        ExperimentRun.run(Samples.read(text()), run, new Heard(), () -> false);
    }

    @Test
    void theCardsOfTheRunsStudentSayAllButTrust() {
        for (var place : List.of(run.method("ONE").initial(), run.method("ONE").student())) {
            var card = ModelCard.read(place);
            assertThat(card.origin()).isEqualTo("zoo:plain-cnn-2");
            assertThat(card.settings().input()).isEqualTo(InputSettings.ofScaling(SCALING));
            assertThat(card.settings().classes()).isEqualTo(CLASSES);
            assertThat(card.settings().batchNormMomentum()).contains(.9f); // the source's own
            assertThat(card.settings().trustedOps()).isEmpty();
        }
        assertThat(MESSAGES).contains("ONE: Its logits are taken in the data set's order of classes.");
    }

    @Test
    void theSourceStaysAsItIs() {
        assertThat(ModelCard.read(directory.resolve("student")).settings())
                .isEqualTo(ModelSettings.NONE.withBatchNormMomentum(.9f));
        assertThat(run.method("ONE").student().resolve("saved_model.pb"))
                .hasSameBinaryContentAs(directory.resolve("student/saved_model.pb"));
    }

    @Test
    void aStudentOfWhichNothingIsStatedKeepsItsCard() throws IOException {
        var other = run.method("OTHER");
        assertThat(Files.readString(ModelCard.path(other.student())))
                .isEqualTo(Files.readString(ModelCard.path(other.initial())));
        assertThat(ModelCard.read(other.student()).settings().classes()).isEmpty();
    }

    @Test
    void anExportKnowsTheSettings() {
        var target = directory.resolve("exported");
        RunExport.write(run.method("ONE").path(), target, ModelImport.Existing.REFUSE);
        assertThat(ClassifierModel.read(target).settings().input().scaling()).contains(SCALING);
    }

    @Test
    void onlyTheExperimentGivesTrust() {
        assertThat(RunSettings.find(run.method("ONE")).trustedOps()).isEqualTo(Set.of("WriteFile"));
        assertThat(RunSettings.find(run.method("OTHER"))).isEqualTo(ModelSettings.NONE);
        assertThat(RunSettings.find(run).trustedOps()).isEqualTo(Set.of("WriteFile"));
        assertThat(RunSettings.find(run.method("ONE").stage("hint")).trustedOps())
                .isEqualTo(Set.of("WriteFile"));
        assertThat(RunSettings.find(run.method("OTHER").stage("hint"))).isEqualTo(ModelSettings.NONE);
        assertThat(RunSettings.find(run.stage("hint")).trustedOps()).isEqualTo(Set.of("WriteFile"));
        assertThat(RunSettings.find(run.teacher("none"))).isEqualTo(ModelSettings.NONE);
        assertThat(RunSettings.find(new RunDirectory(directory.resolve("elsewhere"))))
                .isEqualTo(ModelSettings.NONE);
    }

    /** Keeps the messages. */
    private static final class Heard implements RunListener {
        @Override
        public void message(String text) {
            MESSAGES.add(text);
        }

        @Override
        public TrainingListener training(String name, int epochs) {
            return new TrainingListener() {
                @Override
                public void step(StepRecord record, long images, long total) {}

                @Override
                public void epoch(EpochRecord record) {}
            };
        }

        @Override
        public void finished(RunSummary summary) {}
    }
}
