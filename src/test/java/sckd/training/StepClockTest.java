package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class StepClockTest {
    /** Step, steps in an epoch, epochs; the last two are an epoch's last of very many and the next one's first. */
    @ParameterizedTest
    @CsvSource({
        "1, 5, 4, 0.25",
        "5, 5, 4, 0.25",
        "6, 5, 4, 0.5",
        "20, 5, 4, 1",
        "200000000, 1000000, 400, 0.5",
        "200000001, 1000000, 402, 0.5"
    })
    void progressIsThatOfWholeEpochs(long step, int stepsInEpoch, int epochs, float expected) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var clock = StepClock.build(tf);
            var progress = clock.buildProgress(tf, stepsInEpoch, epochs);
            try (var fed = TInt64.scalarOf(step);
                    var result = session.runner()
                            .feed(clock.step(), fed)
                            .fetch(progress)
                            .run()) {
                assertThat(((TFloat32) result.get(0)).getFloat()).isEqualTo(expected);
            }
        }
    }
}
