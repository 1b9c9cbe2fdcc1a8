package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class MixAugmentationTest {
    private static final int COUNT = 50;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 8;
    private static final ImageSet IMAGES = images();
    private static final int[] ALL = IntStream.range(0, COUNT).toArray();

    @Test
    void mixupBlendsWithTheImageThatTheDrawsName() {
        try (var plain = new Bench(List.of());
                var bench = new Bench(List.of(new Mixup(.4f, .7f)))) {
            var quantiles = MixWeights.quantiles(.4f);
            var own = plain.fetch(ALL);
            var mixed = bench.fetch(ALL);
            int whole = 0;
            for (int i = 0; i < COUNT; i++) {
                int other = (int) (mixed.draws[i][0] * COUNT);
                float weight = mixed.draws[i][1] < .7f ? quantiles[(int) (mixed.draws[i][2] * 1024)] : 1;
                whole += weight == 1 ? 1 : 0;
                assertThat(mixed.others[i]).isEqualTo(IMAGES.labels()[other]);
                assertThat(mixed.weights[i]).isEqualTo(weight);
                for (int p = 0; p < IMAGES.imageBytes(); p++) {
                    assertThat(mixed.image(i)[p])
                            .isCloseTo(weight * own.image(i)[p] + (1 - weight) * own.image(other)[p], within(1e-3f));
                }
            }
            assertThat(mixed.labels).isEqualTo(IMAGES.labels());
            assertThat(whole).isBetween(4, 30); // 15 expected of 50; standard deviation 3.2
        }
    }

    @Test
    void cutMixPutsInTheWindowThatTheDrawsName() {
        try (var plain = new Bench(List.of());
                var bench = new Bench(List.of(new CutMix(1, 1)))) {
            var quantiles = MixWeights.quantiles(1);
            var own = plain.fetch(ALL);
            var mixed = bench.fetch(ALL);
            for (int i = 0; i < COUNT; i++) {
                var draws = mixed.draws[i];
                int other = (int) (draws[0] * COUNT);
                double side = Math.sqrt(1 - quantiles[(int) (draws[2] * 1024)]);
                int tall = (int) Math.rint(side * HEIGHT);
                int wide = (int) Math.rint(side * WIDTH);
                int top = (int) (draws[3] * HEIGHT) - tall / 2;
                int left = (int) (draws[4] * WIDTH) - wide / 2;
                int covered = 0;
                for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
                    int row = pixel / WIDTH;
                    int column = pixel % WIDTH;
                    boolean inside = row >= top && row < top + tall && column >= left && column < left + wide;
                    covered += inside ? 1 : 0;
                    assertThat(mixed.image(i)[pixel * 3]).isEqualTo(own.image(inside ? other : i)[pixel * 3]);
                }
                assertThat(mixed.weights[i]).isCloseTo(1 - covered / (float) (HEIGHT * WIDTH), within(1e-6f));
                assertThat(mixed.others[i]).isEqualTo(IMAGES.labels()[other]);
            }
        }
    }

    @Test
    void theOtherImageIsAugmentedByItsOwnDraws() {
        var flip = List.<Augmentation>of(new HorizontalFlip());
        try (var flipped = new Bench(flip);
                var bench = new Bench(List.of(new HorizontalFlip(), new CutMix(1, 1)))) {
            var mixed = bench.fetch(ALL);
            var mirrored = 0;
            for (int i = 0; i < COUNT; i++) {
                int other = (int) (mixed.draws[i][1] * COUNT);
                mirrored += mixed.draws[other][0] < .5f ? 1 : 0;
                for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
                    int row = pixel / WIDTH;
                    int column = pixel % WIDTH;
                    int ownColumn = mixed.draws[i][0] < .5f ? WIDTH - 1 - column : column;
                    int otherColumn = mixed.draws[other][0] < .5f ? WIDTH - 1 - column : column;
                    assertThat(mixed.image(i)[pixel * 3])
                            .isIn(stored(i, row, ownColumn), stored(other, row, otherColumn));
                }
            }
            assertThat(mirrored).isBetween(5, 45);
            assertThat(flipped.fetch(ALL).draws[0]).hasSize(1);
        }
    }

    @Test
    void aSampleIsTheSameWhateverItsBatch() {
        for (var mix : List.of(new Mixup(1, 1), new CutMix(1, .5f))) {
            try (var bench = new Bench(List.of(new RandomCrop(1), new ColourJitter(.4f, .4f, .4f), mix))) {
                var together = bench.fetch(ALL);
                for (int sample : new int[] {0, 7, 49}) {
                    var alone = bench.fetch(sample);
                    assertThat(alone.image(0)).isEqualTo(together.image(sample));
                    assertThat(alone.weights[0]).isEqualTo(together.weights[sample]);
                    assertThat(bench.fetch(3, sample).image(1)).isEqualTo(together.image(sample));
                }
            }
        }
    }

    @Test
    void weightsAreOfTheBetaDistribution() {
        for (float alpha : new float[] {.2f, 1, 4}) {
            var quantiles = MixWeights.quantiles(alpha);
            double mean = IntStream.range(0, quantiles.length)
                    .mapToDouble(i -> quantiles[i])
                    .average()
                    .orElseThrow();
            double variance = IntStream.range(0, quantiles.length)
                    .mapToDouble(i -> Math.pow(quantiles[i] - mean, 2))
                    .average()
                    .orElseThrow();
            assertThat(mean).isCloseTo(.5, within(1e-4));
            assertThat(variance).isCloseTo(1 / (4 * (2 * alpha + 1)), within(1e-3));
            assertThat(quantiles).isSorted();
        }
    }

    @Test
    void aMixtureIsTheLast() {
        assertThatThrownBy(() -> AugmentationChain.check(List.of(new Mixup(1, 1), new HorizontalFlip())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "augment[0] mixes two images, but others follow; expected it to be the last, and the only one");
        assertThatThrownBy(() -> AugmentationChain.check(List.of(new CutMix(1, 1), new Mixup(1, 1))))
                .hasMessageStartingWith("augment[0] mixes");
        AugmentationChain.check(List.of(new HorizontalFlip(), new Mixup(1, 1)));
    }

    private static float stored(int image, int row, int column) {
        return IMAGES.pixels()[((image * HEIGHT + row) * WIDTH + column) * 3] & 0xFF;
    }

    private static ImageSet images() {
        var images = ImageSet.allocate(COUNT, HEIGHT, WIDTH, 3);
        new Random(4).nextBytes(images.pixels());
        Arrays.setAll(images.labels(), i -> i % 7);
        return images;
    }

    /** What a batch shows. */
    private record Shown(float[] pixels, int[] labels, int[] others, float[] weights, float[][] draws) {
        float[] image(int i) {
            return Arrays.copyOfRange(pixels, i * IMAGES.imageBytes(), (i + 1) * IMAGES.imageBytes());
        }
    }

    private static final class Bench implements AutoCloseable {
        private final Graph graph = new Graph();
        private final Placeholder<TInt32> indices;
        private final Batch batch;
        private final Operand<TFloat32> draws;
        private final Session session;

        Bench(List<Augmentation> augmentations) {
            var tf = Ops.create(graph);
            var device = DeviceImages.build(tf, "train", IMAGES, augmentations, 5);
            indices = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
            batch = device.buildBatch(tf, indices);
            draws = device.buildDraws(tf, indices);
            session = new Session(graph);
            device.load(session);
            device.startEpoch(session, 3);
        }

        Shown fetch(int... samples) {
            var pixels = new float[samples.length * IMAGES.imageBytes()];
            var runner =
                    session.runner().fetch(batch.pixels()).fetch(batch.labels()).fetch(draws);
            batch.mixed().ifPresent(mixed -> runner.fetch(mixed.others()).fetch(mixed.weights()));
            try (var fed = TInt32.vectorOf(samples);
                    var result = runner.feed(indices, fed).run()) {
                ((TFloat32) result.get(0)).copyTo(DataBuffers.of(pixels, false, false));
                boolean mixed = batch.mixed().isPresent();
                return new Shown(
                        pixels,
                        StdArrays.array1dCopyOf((TInt32) result.get(1)),
                        mixed ? StdArrays.array1dCopyOf((TInt32) result.get(3)) : new int[0],
                        mixed ? StdArrays.array1dCopyOf((TFloat32) result.get(4)) : new float[0],
                        StdArrays.array2dCopyOf((TFloat32) result.get(2)));
            }
        }

        @Override
        public void close() {
            session.close();
            graph.close();
        }
    }
}
