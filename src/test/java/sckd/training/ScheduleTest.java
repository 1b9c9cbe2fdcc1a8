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
        assertThat(schedule.factor(9.99, 20)).isEqualTo(1);
        assertThat(schedule.factor(10, 20)).isCloseTo(0.1, within(1e-12));
        assertThat(schedule.factor(15, 20)).isCloseTo(0.01, within(1e-12));
    }

    @Test
    void cosineFallsFromOneToZero() {
        var schedule = new Schedule.Cosine();
        assertThat(schedule.factor(0, 8)).isEqualTo(1);
        assertThat(schedule.factor(2, 8)).isCloseTo((1 + Math.sqrt(0.5)) / 2, within(1e-12));
        assertThat(schedule.factor(8, 8)).isCloseTo(0, within(1e-12));
    }

    @Test
    void warmUpRisesLinearlyThenHandsOver() {
        var schedule = new Schedule.WarmUp(2, new Schedule.Step(List.of(3), 0.5));
        assertThat(schedule.factor(0.5, 4)).isEqualTo(0.25);
        assertThat(schedule.factor(2, 4)).isEqualTo(1);
        assertThat(schedule.factor(3, 4)).isEqualTo(0.5);
    }

    @Test
    void epochsOfAStepMustRise() {
        assertThatThrownBy(() -> new Schedule.Step(List.of(5, 5), 0.1))
                .hasMessage("at is [5, 5]; expected rising epochs");
    }
}
