package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochOrderTest {
    @Test
    void everyImageIsSeenOnceAnEpoch() {
        var seen = new EpochOrder(1000, 4)
                .batches(3, 64).stream().flatMapToInt(IntStream::of).toArray();
        assertThat(seen).containsExactlyInAnyOrder(IntStream.range(0, 1000).toArray());
        assertThat(seen).isEqualTo(new EpochOrder(1000, 4).permutation(3));
    }

    @Test
    void theLastBatchHoldsWhatRemains() {
        assertThat(new EpochOrder(10, 4).batches(0, 4))
                .extracting(batch -> batch.length)
                .containsExactly(4, 4, 2);
        assertThat(new EpochOrder(8, 4).batches(0, 4))
                .extracting(batch -> batch.length)
                .containsExactly(4, 4);
        assertThat(EpochOrder.batchCount(10, 4)).isEqualTo(3);
        assertThat(EpochOrder.batchCount(8, 4)).isEqualTo(2);
        assertThat(EpochOrder.batchCount(1, 4)).isEqualTo(1);
    }

    @Test
    void seedAndEpochAreTheKey() {
        var order = new EpochOrder(1000, 4);
        assertThat(order.permutation(3)).isEqualTo(new EpochOrder(1000, 4).permutation(3));
        assertThat(order.permutation(4)).isNotEqualTo(order.permutation(3));
        assertThat(new EpochOrder(1000, 5).permutation(3)).isNotEqualTo(order.permutation(3));
    }

    @Test
    void refusesWhatMakesNoBatch() {
        assertThatThrownBy(() -> new EpochOrder(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("images is 0; expected more than 0");
        assertThatThrownBy(() -> new EpochOrder(5, 1).batches(0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch-size is 0; expected more than 0");
    }
}
