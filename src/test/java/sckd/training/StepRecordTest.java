package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StepRecordTest {
    private static final float INFINITE = Float.POSITIVE_INFINITY;

    @Test
    void finiteFiguresAndMissingOnesAreFine() {
        assertThat(record(1, 1f, 1, loss(1, 0.5f, 1f)).findNonFinite()).isEmpty();
        assertThat(record(1, null, 1, loss(1, null, null)).findNonFinite()).isEmpty();
    }

    @Test
    void namesTheFirstThatIsNot() {
        assertThat(record(Float.NaN, Float.NaN, Float.NaN, loss(1, 0f, 1f)).findNonFinite())
                .hasValue("the supervised loss is NaN");
        assertThat(record(1, 1f, 1, loss(INFINITE, 0f, 1f)).findNonFinite()).hasValue("loss 'output' is Infinity");
        assertThat(record(1, INFINITE, 1, loss(1, 0f, 1f)).findNonFinite())
                .hasValue("the norm of the supervised gradient is Infinity");
        assertThat(record(1, 1f, 1, loss(1, 0f, INFINITE)).findNonFinite())
                .hasValue("the gradient of loss 'output' is not finite");
        assertThat(record(1, 0f, 1, loss(1, Float.NaN, null)).findNonFinite())
                .hasValue("the gradient of loss 'output' is not finite");
        assertThat(record(1, 1f, INFINITE, loss(1, 0f, 1f)).findNonFinite())
                .hasValue("the norm of the gradient is Infinity");
    }

    private static LossRecord loss(float loss, Float cosine, Float ratio) {
        return new LossRecord("output", loss, loss, 1, cosine, ratio);
    }

    private static StepRecord record(float supervisedLoss, Float supervisedNorm, float norm, LossRecord loss) {
        return new StepRecord(1, 1, 0.1, supervisedLoss, 1, supervisedNorm, norm, List.of(loss), List.of());
    }
}
