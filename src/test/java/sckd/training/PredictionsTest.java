package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PredictionsTest {
    /** {@code size} images of as many labels of each class, of which the first of each {@code period} are predicted wrong. */
    private static Predictions wrongIn(int period, int classes, int size) {
        var labels = IntStream.range(0, size).map(i -> i % classes).toArray();
        var predicted = IntStream.range(0, size)
                .map(i -> i / classes % period == 0 ? (labels[i] + 1) % classes : labels[i])
                .toArray();
        return new Predictions(labels, predicted, classes);
    }

    @Test
    void tailsAreSumsOfBinomialTerms() {
        assertThat(BinomialTail.atLeast(8, 10, .5)).isEqualTo((45 + 10 + 1) / 1024.0, within(1e-12));
        assertThat(BinomialTail.atLeast(1, 3, .1)).isEqualTo(1 - .9 * .9 * .9, within(1e-12));
        assertThat(BinomialTail.atLeast(0, 2000, .1)).isEqualTo(1);
        assertThat(BinomialTail.atLeast(2000, 2000, 1)).isEqualTo(1);
        assertThat(BinomialTail.atLeast(1, 2000, 0)).isZero();
        // 200 expected of 2,000, deviation 13.4: 3 deviations on
        assertThat(BinomialTail.atLeast(241, 2000, .1)).isBetween(1e-3, 3e-3);
    }

    @Test
    void chanceIsWhatIsRightWhereThePredictionsAreDealtOutAnew() {
        var predictions = new Predictions(new int[] {0, 0, 0, 1, 2}, new int[] {0, 0, 1, 1, 1}, 3);
        assertThat(predictions.right()).isEqualTo(3);
        assertThat(predictions.share()).isEqualTo(3 / 5.0);
        assertThat(predictions.chance()).isEqualTo((3 * 2 + 1 * 3 + 1 * 0) / 25.0, within(1e-12));
    }

    @Test
    void oneClassForAllIsNoBetterThanChanceHoweverFrequentItIs() {
        var labels = new int[2000];
        Arrays.fill(labels, 0, 100, 1);
        var predictions = new Predictions(labels, new int[2000], 2);
        assertThat(predictions.share()).isEqualTo(.95);
        assertThat(predictions.beatsChance()).isFalse();
    }

    @Test
    void noiseDoesNotBeatChance() {
        var random = new Random(3);
        for (int classes : new int[] {2, 10, 1000}) {
            var noise = new Predictions(
                    random.ints(2000, 0, classes).toArray(),
                    random.ints(2000, 0, classes).toArray(),
                    classes);
            assertThat(noise.beatsChance()).as("%s classes", classes).isFalse();
        }
    }

    @Test
    void whatIsLittleBetterThanChanceIsNotEnough() {
        // 5 in 30 right: significant at 2,000 images, but under 10 % + 9 %
        var weak = new Predictions(
                IntStream.range(0, 2000).map(i -> i % 10).toArray(),
                IntStream.range(0, 2000)
                        .map(i -> i / 10 % 6 == 0 ? i % 10 : (i + 1 + i / 10 % 6) % 10)
                        .toArray(),
                10);
        assertThat(weak.share()).isBetween(.16, .175);
        assertThat(weak.beats(weak.chance())).isTrue();
        assertThat(weak.beatsChance()).isFalse();
    }

    @Test
    void whatIsMostlyRightBeatsChanceWhateverTheNumberOfClasses() {
        for (int classes : new int[] {2, 10, 500}) {
            assertThat(wrongIn(4, classes, 2000).beatsChance())
                    .as("%s classes", classes)
                    .isTrue();
        }
    }

    @Test
    void farBelowIsMoreThanFivePointsAndNoAccident() {
        var good = wrongIn(10, 10, 2000); // 90 %
        assertThat(good.share()).isEqualTo(.9);
        assertThat(good.isFarBelow(.94)).isFalse();
        assertThat(good.isFarBelow(.96)).isTrue();
        assertThat(wrongIn(10, 10, 100).isFarBelow(.96)).isFalse(); // 10 wrong for 4 expected
        assertThat(good.isFarBelow(1)).isTrue();
    }

    @Test
    void findsAnotherOrderOfTheClasses() {
        var random = new Random(5);
        var labels = random.ints(600, 0, 10).toArray();
        int[] outputOf = {3, 4, 5, 6, 7, 8, 9, 0, 2, 1};
        var predicted = Arrays.stream(labels)
                .map(label -> random.nextInt(5) == 0 ? random.nextInt(10) : outputOf[label])
                .toArray();
        var predictions = new Predictions(labels, predicted, 10);
        var order = ClassPermutation.find(predictions);
        assertThat(order.outputs())
                .containsExactlyElementsOf(Arrays.stream(outputOf).boxed().toList());
        assertThat(order.judged()).isEqualTo(300);
        long right = IntStream.range(0, 600)
                .filter(i -> i % 2 == 1 && predicted[i] == outputOf[labels[i]])
                .count();
        assertThat(order.right()).isEqualTo((int) right);
        assertThat(order.isBetterThan(predictions)).isTrue();
    }

    /** As of a model of other images: a third of each label goes to an output of its own, the rest anywhere. */
    @Test
    void anOrderThatLeavesMostWrongIsNone() {
        var random = new Random(7);
        var labels = random.ints(600, 0, 10).toArray();
        var predicted = Arrays.stream(labels)
                .map(label -> random.nextInt(3) == 0 ? (label + 1) % 10 : random.nextInt(10))
                .toArray();
        var predictions = new Predictions(labels, predicted, 10);
        var order = ClassPermutation.find(predictions);
        assertThat(order.outputs()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
        assertThat(order.share()).isBetween(.3, .5);
        assertThat(order.isBetterThan(predictions)).isFalse();
    }

    @Test
    void noiseHasNoOrderAndEveryOutputIsUsedOnce() {
        var random = new Random(6);
        var noise = new Predictions(
                random.ints(500, 0, 50).toArray(), random.ints(500, 0, 20).toArray(), 50);
        var order = ClassPermutation.find(noise);
        assertThat(order.outputs())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 50).boxed().toList());
        assertThat(order.isBetterThan(noise)).isFalse();
    }
}
