package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyedRandomTest {
    @Test
    void theSameKeyGivesTheSameNumbers() {
        var first = KeyedRandom.of(KeyedRandom.Use.SHAPES, 1, 2, 3);
        var second = KeyedRandom.of(KeyedRandom.Use.SHAPES, 1, 2, 3);
        for (int i = 0; i < 100; i++) {
            assertThat(second.nextLong()).isEqualTo(first.nextLong());
        }
    }

    @Test
    void everyPartOfTheKeyCounts() {
        assertThat(new long[] {
                    KeyedRandom.of(KeyedRandom.Use.SHAPES, 1, 2).nextLong(),
                    KeyedRandom.of(KeyedRandom.Use.SHAPES, 2, 1).nextLong(),
                    KeyedRandom.of(KeyedRandom.Use.SHAPES, 1, 2, 0).nextLong(),
                    KeyedRandom.of(KeyedRandom.Use.SHAPES, 3, 0).nextLong(),
                    KeyedRandom.of(KeyedRandom.Use.EPOCH_ORDER, 1, 2).nextLong(),
                    KeyedRandom.of(KeyedRandom.Use.HOLD_OUT, 1, 2).nextLong()
                })
                .doesNotHaveDuplicates();
    }

    /** SplitMix64 adds the odd constant 2⁶⁴/golden ratio and mixes; the mixing of 0 is 0 and that of the constant is widely published. */
    @Test
    void mixesAsSplitMix64() {
        assertThat(KeyedRandom.mix(0)).isZero();
        assertThat(KeyedRandom.mix(0x9E3779B97F4A7C15L)).isEqualTo(0xE220A8397B1DCDAFL);
    }

    @Test
    void wholeNumbersAreUniform() {
        var random = KeyedRandom.of(KeyedRandom.Use.SHAPES, 5);
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[random.nextInt(7)]++;
        }
        for (int count : counts) {
            // standard deviation √(70,000 · 1/7 · 6/7) = 93, five of them
            assertThat(count).isCloseTo(10_000, within(465));
        }
    }

    @Test
    void fractionsStayInTheirRange() {
        var random = KeyedRandom.of(KeyedRandom.Use.SHAPES, 5);
        var values = IntStream.range(0, 10_000)
                .mapToDouble(i -> random.nextDouble(-2, 6))
                .summaryStatistics();
        assertThat(values.getMin()).isBetween(-2.0, -1.9);
        assertThat(values.getMax()).isBetween(5.9, 6.0);
        // standard deviation of the mean 8/√12/100 = 0.023, five of them
        assertThat(values.getAverage()).isCloseTo(2, within(0.12));
    }

    @Test
    void permutationsHoldEachNumberOnceAndReachEveryOrder() {
        var random = KeyedRandom.of(KeyedRandom.Use.SHAPES, 5);
        assertThat(random.nextPermutation(1000))
                .containsExactlyInAnyOrder(IntStream.range(0, 1000).toArray());
        assertThat(random.nextPermutation(0)).isEmpty();
        var orders = IntStream.range(0, 6000)
                .mapToObj(i -> random.nextPermutation(3))
                .collect(Collectors.groupingBy(
                        order -> order[0] * 100 + order[1] * 10 + order[2], Collectors.counting()));
        assertThat(orders).hasSize(6);
        // 1000 each; standard deviation √(6000 · 1/6 · 5/6) = 29, five of them
        assertThat(orders.values()).allSatisfy(count -> assertThat(count).isCloseTo(1000L, within(145L)));
    }
}
