package sckd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import sckd.training.StepRecord;

class ConsoleProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long now = 5;

    @Test
    void theRateIsThatOfTheStepsWhereAResumedTrainingBeganLateAndInTheMiddle() {
        var progress = new ConsoleProgress(new PrintStream(err, true), false, () -> now);
        var training = progress.training("SCKD", 4);
        now += 60 * SECOND; // the outputs of the teacher are computed once
        training.step(step(13), 500, 1000);
        now += 5 * SECOND;
        training.step(step(14), 600, 1000);
        assertThat(err.toString()).isEmpty();
        now += 5 * SECOND;
        training.step(step(15), 700, 1000);
        // (700 − 500) images in 10 s; 300 images at that rate take 15 s
        assertThat(err)
                .hasToString("SCKD  epoch 3/4  70 %  20 images/s  0:15 left  loss 1.500" + System.lineSeparator());
    }

    private static StepRecord step(long step) {
        return new StepRecord(3, step, .1, 1.5f, .5f, null, 1, List.of(), List.of());
    }
}
