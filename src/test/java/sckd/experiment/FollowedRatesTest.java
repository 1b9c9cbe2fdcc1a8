package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.data.MnistFiles;
import sckd.files.AtomicDirectory;
import sckd.training.TrainingStopped;

class FollowedRatesTest {
    private static final String TEXT =
            """
            name: following
            data: {dataset: mnist, path: IMAGES, test-limit: 20}
            student: {model: "zoo:plain-cnn-2"}
            losses: [{name: own, kind: similarity, teacher: self, teacher-layer: stage2, student-layer: stage1}]
            gate: {kind: scaled, run: FOLLOWED}
            training: {epochs: 2, batch-size: 16, optimizer: {kind: sgd, learning-rate: 0.05}}
            """;

    @TempDir
    private Path directory;

    @Test
    void aResumeNeedsNothingOfTheRunThatIsFollowed() throws IOException {
        MnistFiles.write(directory.resolve("images"), 48, 20);
        var followed = Files.createDirectory(directory.resolve("other"));
        Files.writeString(
                followed.resolve("epochs.jsonl"), "{\"openRates\":{\"own\":0.25}}\n{\"openRates\":{\"own\":0.75}}\n");
        var experiment =
                Samples.read(TEXT.replace("IMAGES", directory.resolve("images").toString())
                        .replace("FOLLOWED", followed.toString()));
        var whole = new RunDirectory(directory.resolve("whole"));
        ExperimentRun.run(experiment, whole, new Quiet(), () -> false);
        var steps = Files.readAllLines(whole.path().resolve("steps.jsonl"));
        assertThat(steps).hasSize(6);
        for (int i = 0; i < steps.size(); i++) {
            assertThat(new JsonMapper()
                            .readTree(steps.get(i))
                            .at("/losses/0/gate")
                            .floatValue())
                    .isEqualTo(i < 3 ? .25f : .75f);
        }

        var stopped = new RunDirectory(directory.resolve("stopped"));
        var asked = new AtomicInteger();
        assertThatThrownBy(
                        () -> ExperimentRun.run(experiment, stopped, new Quiet(), () -> asked.incrementAndGet() == 2))
                .isInstanceOf(TrainingStopped.class);
        AtomicDirectory.delete(followed);
        ExperimentRun.run(experiment, stopped, new Quiet(), () -> false);
        assertThat(Files.readAllLines(stopped.path().resolve("steps.jsonl"))).isEqualTo(steps);
    }
}
