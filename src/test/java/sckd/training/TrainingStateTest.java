package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingStateTest {
    @Test
    void sumsWeighStepsByTheirImages() {
        var sums = StepSums.NONE.plus(step(2f, 0.6f, 1, 0), 5).plus(step(4f, 0.5f, 1, 1), 2);
        assertThat(sums.steps()).isEqualTo(2);
        assertThat(sums.images()).isEqualTo(7);
        assertThat(sums.hits()).isEqualTo(3 + 1);
        assertThat(sums.meanLoss()).isEqualTo((2.0 * 5 + 4.0 * 2) / 7);
        assertThat(sums.accuracy()).isEqualTo(4 / 7.0);
        assertThat(sums.openRates()).containsExactly(Map.entry("b", 1.0), Map.entry("a", 0.5));
    }

    @Test
    void aThirdOfThreeImagesIsOneWholeHit() {
        assertThat(StepSums.NONE.plus(step(1, 1 / 3f, 0, 0), 3).hits()).isEqualTo(1);
        assertThat(StepSums.NONE.plus(step(1, 128 / 129f, 0, 0), 129).hits()).isEqualTo(128);
    }

    @Test
    void stepsAreCountedForTheEpochAndForTheRun() {
        var state = TrainingState.START
                .afterStep(step(1, 1, 1, 1), 4)
                .afterStep(step(1, 1, 1, 1), 4)
                .afterEpoch(result(0.5))
                .afterStep(step(3, 0, 0, 1), 2);
        assertThat(state.epoch()).isEqualTo(2);
        assertThat(state.stepInEpoch()).isEqualTo(1);
        assertThat(state.step()).isEqualTo(3);
        assertThat(state.epochSums().images()).isEqualTo(2);
        assertThat(state.runSums().images()).isEqualTo(10);
        assertThat(state.runSums().openRates()).containsEntry("b", 2 / 3.0).containsEntry("a", 1.0);
    }

    @Test
    void bestIsTheFirstOfTheHighest() {
        var state = TrainingState.START;
        for (double top1 : new double[] {0.4, 0.7, 0.6, 0.7}) {
            state = state.afterStep(step(1, 1, 1, 1), 4).afterEpoch(result(top1));
        }
        assertThat(state.best()).isEqualTo(new BestEpoch(2, 2, result(0.7)));
        assertThat(state.last()).isEqualTo(result(0.7));
        assertThat(state.epoch()).isEqualTo(5);
    }

    private static EvaluationResult result(double top1) {
        return new EvaluationResult(top1, 1, 1, 10);
    }

    /** With two losses, {@code b} before {@code a}. */
    private static StepRecord step(float loss, float accuracy, float gateB, float gateA) {
        var losses = List.of(new LossRecord("b", 1, 1, gateB, 0f, 1f), new LossRecord("a", 1, 1, gateA, 0f, 1f));
        return new StepRecord(1, 1, 0.1, loss, accuracy, 1f, 1, losses, List.of());
    }
}
