package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void stepMultipliesWhenAnEpochIsDone() {
        var schedule = new Schedule.Step(List.of(10, 15), 0.1);
        assertThat(factor(schedule, 9, 99)).isEqualTo(1);
        assertThat(factor(schedule, 10, 0)).isCloseTo(0.1, within(1e-12));
        assertThat(factor(schedule, 15, 0)).isCloseTo(0.01, within(1e-12));
    }

    @Test
    void cosineFallsFromOneToZero() {
        var schedule = new Schedule.Cosine();
        assertThat(factor(schedule, 0, 0)).isEqualTo(1);
        assertThat(factor(schedule, 5, 0)).isCloseTo((1 + Math.sqrt(0.5)) / 2, within(1e-12));
        assertThat(factor(schedule, 10, 50)).isCloseTo((1 + Math.cos(Math.PI * 10.5 / 20)) / 2, within(1e-12));
        assertThat(factor(schedule, 19, 99)).isCloseTo(0, within(1e-5));
    }

    @Test
    void warmUpRisesFromItsFirstStepThenHandsOver() {
        var schedule = new Schedule.WarmUp(2, new Schedule.Step(List.of(3), 0.5));
        assertThat(factor(schedule, 0, 0)).as("the first of 200 steps").isEqualTo(1 / 200.0);
        assertThat(factor(schedule, 0, 99)).isEqualTo(0.5);
        assertThat(factor(schedule, 1, 98)).isEqualTo(199 / 200.0);
        assertThat(factor(schedule, 1, 99)).as("the last").isEqualTo(1);
        assertThat(factor(schedule, 2, 0)).isEqualTo(1);
        assertThat(factor(schedule, 3, 0)).isEqualTo(0.5);
    }

    @Test
    void warmUpMayEndWithinAnEpochOrBeOff() {
        assertThat(factor(new Schedule.WarmUp(0.025, new Schedule.Constant()), 0, 0))
                .isCloseTo(0.4, within(1e-12));
        assertThat(factor(new Schedule.WarmUp(0.025, new Schedule.Constant()), 0, 2))
                .isEqualTo(1);
        assertThat(factor(new Schedule.WarmUp(0, new Schedule.Constant()), 0, 0))
                .isEqualTo(1);
    }

    /** Of 20 epochs of 100 steps. */
    private static double factor(Schedule schedule, int epoch, int step) {
        return schedule.factor(new Schedule.Position(epoch, step, 100, 20));
    }

    @Test
    void epochsOfAStepMustRise() {
        assertThatThrownBy(() -> new Schedule.Step(List.of(5, 5), 0.1))
                .hasMessage("at is [5, 5]; expected rising epochs");
    }
}
