package sckd.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sckd.UserException;
import sckd.training.TrainingStopped;

/** Experiments on one's own images, from files to the exported student. */
class ImageFolderRunTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void paint() throws IOException {
        var random = new Random(3);
        for (var part : List.of("train", "val")) {
            for (var label : List.of("cat", "dog", "emu")) {
                for (int i = 0; i < 12; i++) {
                    var image = new BufferedImage(20 + i, 18, BufferedImage.TYPE_INT_RGB);
                    for (int pixel = 0; pixel < 18 * 18; pixel++) {
                        image.setRGB(pixel % 18, pixel / 18, random.nextInt(1 << 24));
                    }
                    var file = directory.resolve("images/" + part + "/" + label + "/" + i + ".png");
                    Files.createDirectories(file.getParent());
                    ImageIO.write(image, "png", file.toFile());
                }
            }
        }
    }

    private Experiment experiment(boolean stream, String first) {
        return Samples.read(
                """
                name: own
                data:
                  dataset: image-folder
                  path: %s
                  images: {size: 16, stream: %s}
                  augment: [%shorizontal-flip, colour-jitter, cutmix]
                  validation: 6
                student: {model: "zoo:plain-cnn-2"}
                training: {epochs: 3, batch-size: 8, optimizer: {kind: sgd, learning-rate: 0.05, momentum: 0.9}}
                """
                        .formatted(directory.resolve("images"), stream, first));
    }

    private RunDirectory run(String name) {
        return new RunDirectory(directory.resolve(name));
    }

    @Test
    void streamedAndStoredImagesTrainTheSameStudentToTheBit() {
        for (boolean stream : new boolean[] {false, true}) {
            ExperimentRun.run(experiment(stream, ""), run("stream-" + stream), new Quiet(), () -> false);
        }
        assertSame("stream-false", "stream-true");
    }

    @Test
    void aStreamedRunGoesOnBitForBit() {
        var experiment = experiment(true, "{kind: random-resized-crop, smallest: .5}, ");
        ExperimentRun.run(experiment, run("whole"), new Quiet(), () -> false);
        for (int stop : new int[] {2, 3}) { // within an epoch, then some steps on
            var steps = new AtomicInteger();
            assertThatThrownBy(() -> ExperimentRun.run(
                            experiment, run("stopped"), new Quiet(), () -> steps.incrementAndGet() == stop))
                    .isInstanceOf(TrainingStopped.class);
        }
        ExperimentRun.run(experiment, run("stopped"), new Quiet(), () -> false);
        assertSame("whole", "stopped");
    }

    @Test
    void optionsOfImageFilesAreRefusedForOtherSets() {
        var experiment = Samples.read(Samples.MINIMAL, "data.images.size=16");
        assertThatThrownBy(() -> ExperimentRun.run(experiment, run("shapes"), new Quiet(), () -> false))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "data.images (for one command: --image-size, --crop-share) says how image files are read; the images of this data set have their size and their parts: leave it out");
    }

    private void assertSame(String first, String second) {
        var weights = "student/variables/variables.data-00000-of-00001";
        assertThat(run(second).path().resolve(weights))
                .hasSameBinaryContentAs(run(first).path().resolve(weights));
        assertThat(run(second).findSummary().orElseThrow())
                .usingRecursiveComparison()
                .ignoringFields("seconds", "peakMemoryMebibytes", "directory")
                .isEqualTo(run(first).findSummary().orElseThrow());
    }
}
