package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class EvaluationProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final StringWriter err = new StringWriter();
    private long now = 5;

    private EvaluationProgress ofImages(int total) {
        return new EvaluationProgress(new PrintWriter(err, true), total, false, () -> now);
    }

    @Test
    void withoutATerminalItTellsALineNowAndThen() {
        try (var progress = ofImages(1000)) {
            now += 4 * SECOND; // the first batch, with TensorFlow's start
            progress.accept(100);
            now += 5 * SECOND;
            progress.accept(200);
            assertThat(err.toString()).isEmpty();
            now += 5 * SECOND;
            progress.accept(300);
            // (300 − 100) images in 10 s; 700 images at that rate take 35 s
            assertThat(err).hasToString("evaluate  30 %  20 images/s  0:35 left" + System.lineSeparator());
            now += 5 * SECOND;
            progress.accept(400);
            assertThat(err.toString().lines()).hasSize(1);
        }
    }

    @Test
    void theFirstBatchIsLeftOutOfTheRate() {
        try (var progress = ofImages(300)) {
            now += 4 * SECOND;
            progress.accept(100);
            now += SECOND;
            progress.accept(300);
            assertThat(progress.imagesPerSecond()).isEqualTo(200 / 1.0);
        }
    }

    @Test
    void aSingleBatchIsAllThereIs() {
        try (var progress = ofImages(100)) {
            now += 4 * SECOND;
            progress.accept(100);
            assertThat(progress.imagesPerSecond()).isEqualTo(100 / 4.0);
        }
    }
}
