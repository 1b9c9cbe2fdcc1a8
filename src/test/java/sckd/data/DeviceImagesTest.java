package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
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
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class DeviceImagesTest {
    private static final int COUNT = 40;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 5;
    private static final int CHANNELS = 3;
    private static final int PADDING = 2;
    private static final ImageSet IMAGES = noise(COUNT);
    private static final int[] ALL = IntStream.range(0, COUNT).toArray();
    private static final List<Augmentation> CROP = List.of(new RandomCrop(PADDING));
    private static final List<Augmentation> FLIP = List.of(new HorizontalFlip());
    private static final List<Augmentation> CROP_AND_FLIP = List.of(new RandomCrop(PADDING), new HorizontalFlip());

    @Test
    void withoutAugmentationABatchHoldsTheStoredPixels() {
        try (var bench = new Bench(List.of(), 1)) {
            assertThat(bench.pixels(ALL)).isEqualTo(reference(ALL, (sample, row, column) -> new int[] {row, column}));
        }
    }

    @Test
    void labelsFollowTheIndices() {
        try (var bench = new Bench(CROP_AND_FLIP, 1)) {
            assertThat(bench.labels(39, 0, 12, 12)).containsExactly(39 % 7, 0, 12 % 7, 12 % 7);
        }
    }

    @Test
    void cropTakesTheWindowThatTheDrawsName() {
        try (var bench = new Bench(CROP, 1).epoch(3)) {
            var draws = bench.draws(ALL);
            var expected = reference(ALL, (sample, row, column) -> cropped(draws[sample], row, column));
            assertThat(bench.pixels(ALL)).isEqualTo(expected);
        }
    }

    @Test
    void cropReachesEveryPlaceOfThePaddedImage() {
        try (var bench = new Bench(noise(1000), CROP, 1, 2).epoch(0)) {
            var places = Arrays.stream(bench.draws(IntStream.range(0, 1000).toArray()))
                    .map(draws -> List.of(cropped(draws, 0, 0)[0], cropped(draws, 0, 0)[1]))
                    .distinct();
            assertThat(places).hasSize((2 * PADDING + 1) * (2 * PADDING + 1));
        }
    }

    @Test
    void flipMirrorsTheColumnsOfAboutHalfTheImages() {
        try (var bench = new Bench(noise(1000), FLIP, 1, 2).epoch(0)) {
            var draws = bench.draws(IntStream.range(0, 1000).toArray());
            var expected = reference(ALL, (sample, row, column) -> flipped(draws[sample][0], row, column));
            assertThat(bench.pixels(ALL)).isEqualTo(expected);
            // 1000 fair coins: standard deviation √1000 / 2, four of them
            assertThat(Arrays.stream(draws).filter(row -> row[0] < 0.5).count()).isBetween(500L - 64, 500L + 64);
        }
    }

    @Test
    void augmentationsFollowOneAnother() {
        try (var bench = new Bench(CROP_AND_FLIP, 7).epoch(2)) {
            var draws = bench.draws(ALL);
            var expected = reference(ALL, (sample, row, column) -> {
                var inCropped = flipped(draws[sample][2], row, column);
                return cropped(draws[sample], inCropped[0], inCropped[1]);
            });
            assertThat(bench.pixels(ALL)).isEqualTo(expected);
        }
    }

    @Test
    void flipBeforeCropIsAnotherPicture() {
        try (var bench = new Bench(List.of(new HorizontalFlip(), new RandomCrop(PADDING)), 7).epoch(2)) {
            var draws = bench.draws(ALL);
            var expected = reference(ALL, (sample, row, column) -> {
                var inFlipped = cropped(new float[] {draws[sample][1], draws[sample][2]}, row, column);
                return flipped(draws[sample][0], inFlipped[0], inFlipped[1]);
            });
            assertThat(bench.pixels(ALL)).isEqualTo(expected);
        }
    }

    @Test
    void aSecondCropDoesNotBringBackWhatTheFirstCutOff() {
        try (var bench = new Bench(List.of(new RandomCrop(1), new RandomCrop(1)), 7).epoch(0)) {
            var draws = bench.draws(ALL);
            var expected = reference(ALL, (sample, row, column) -> {
                var inFirst = shifted(draws[sample][2], draws[sample][3], 1, row, column);
                return inside(inFirst)
                        ? shifted(draws[sample][0], draws[sample][1], 1, inFirst[0], inFirst[1])
                        : inFirst;
            });
            assertThat(bench.pixels(ALL)).isEqualTo(expected);
        }
    }

    @Test
    void aSampleIsTheSameWhateverItsBatch() {
        try (var bench = new Bench(CROP_AND_FLIP, 1).epoch(5)) {
            var together = bench.pixels(ALL);
            for (int sample : new int[] {0, 17, 39}) {
                assertThat(bench.pixels(sample)).isEqualTo(slice(together, sample));
                assertThat(slice(bench.pixels(3, sample, 11), 1)).isEqualTo(slice(together, sample));
            }
        }
    }

    @Test
    void aSampleIsTheSameWhateverTheThreads() {
        try (var one = new Bench(IMAGES, CROP_AND_FLIP, 1, 1).epoch(5);
                var four = new Bench(IMAGES, CROP_AND_FLIP, 1, 4).epoch(5)) {
            assertThat(four.pixels(ALL)).isEqualTo(one.pixels(ALL));
        }
    }

    @Test
    void everyEpochAndSeedDrawsAnew() {
        try (var first = new Bench(CROP_AND_FLIP, 1).epoch(0);
                var other = new Bench(CROP_AND_FLIP, 2).epoch(0)) {
            var epoch0 = first.pixels(ALL);
            assertThat(other.pixels(ALL)).isNotEqualTo(epoch0);
            assertThat(first.epoch(1).pixels(ALL)).isNotEqualTo(epoch0);
            assertThat(first.epoch(0).pixels(ALL)).isEqualTo(epoch0);
        }
    }

    @Test
    void drawsAreUniform() {
        try (var bench = new Bench(noise(2000), CROP_AND_FLIP, 1, 2).epoch(0)) {
            var draws = bench.draws(IntStream.range(0, 2000).toArray());
            for (int column = 0; column < 3; column++) {
                int c = column;
                var values = Arrays.stream(draws).mapToDouble(row -> row[c]).summaryStatistics();
                assertThat(values.getMin()).isGreaterThanOrEqualTo(0);
                assertThat(values.getMax()).isLessThan(1);
                // standard deviation of the mean √(1/12 / 2000) = 0.0065, four of them
                assertThat(values.getAverage()).isCloseTo(0.5, within(0.026));
            }
        }
    }

    @Test
    void theGraphHoldsNoPixels() {
        var images = noise(2000); // 180 kB
        try (var bench = new Bench(images, CROP_AND_FLIP, 1, 2)) {
            assertThat(bench.graph.toGraphDef().getSerializedSize()).isLessThan(images.pixels().length / 10);
        }
    }

    @Test
    void theSizeOfTheImagesIsKnownInTheGraph() {
        for (var augmentations : List.of(List.<Augmentation>of(), CROP_AND_FLIP)) {
            try (var bench = new Bench(augmentations, 1)) {
                assertThat(bench.batch.pixels().shape().asArray()).containsExactly(-1, HEIGHT, WIDTH, CHANNELS);
                assertThat(bench.batch.labels().shape().asArray()).containsExactly(-1);
            }
        }
    }

    @Test
    void twoSplitsShareAGraph() {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var train = DeviceImages.build(tf, "train", IMAGES, CROP_AND_FLIP, 1);
            var test = DeviceImages.build(tf, "test", noise(3), List.of(), 1);
            var sample = tf.constant(new int[] {2});
            var trainLabel = train.buildBatch(tf, sample).labels();
            var testLabel = test.buildBatch(tf, sample).labels();
            try (var session = new Session(graph)) {
                train.load(session);
                test.load(session);
                train.startEpoch(session, 0);
                test.startEpoch(session, 0);
                try (var result =
                        session.runner().fetch(trainLabel).fetch(testLabel).run()) {
                    assertThat(((TInt32) result.get(0)).getInt(0)).isEqualTo(2);
                    assertThat(((TInt32) result.get(1)).getInt(0)).isEqualTo(2);
                }
            }
        }
    }

    /** From a place in the output to the place in the input. */
    private interface Source {
        int[] of(int sample, int row, int column);
    }

    private static float[] reference(int[] samples, Source source) {
        var pixels = new float[samples.length * IMAGES.imageBytes()];
        int next = 0;
        for (int sample : samples) {
            for (int row = 0; row < HEIGHT; row++) {
                for (int column = 0; column < WIDTH; column++) {
                    var from = source.of(sample, row, column);
                    for (int channel = 0; channel < CHANNELS; channel++) {
                        pixels[next++] = inside(from) ? stored(sample, from[0], from[1], channel) : 0;
                    }
                }
            }
        }
        return pixels;
    }

    private static int stored(int sample, int row, int column, int channel) {
        return IMAGES.pixels()[((sample * HEIGHT + row) * WIDTH + column) * CHANNELS + channel] & 0xFF;
    }

    private static boolean inside(int[] place) {
        return place[0] >= 0 && place[0] < HEIGHT && place[1] >= 0 && place[1] < WIDTH;
    }

    private static int[] cropped(float[] draws, int row, int column) {
        return shifted(draws[0], draws[1], PADDING, row, column);
    }

    private static int[] shifted(float down, float right, int padding, int row, int column) {
        int places = 2 * padding + 1;
        return new int[] {row + (int) (down * places) - padding, column + (int) (right * places) - padding};
    }

    private static int[] flipped(float draw, int row, int column) {
        return new int[] {row, draw < 0.5f ? WIDTH - 1 - column : column};
    }

    private static float[] slice(float[] pixels, int image) {
        return Arrays.copyOfRange(pixels, image * IMAGES.imageBytes(), (image + 1) * IMAGES.imageBytes());
    }

    /** No pixel is 0, so that the black of padding can be told from the image; the first images are the same for every count. */
    private static ImageSet noise(int count) {
        var images = ImageSet.allocate(count, HEIGHT, WIDTH, CHANNELS);
        var random = KeyedRandom.of(KeyedRandom.Use.SHAPES, 99);
        for (int i = 0; i < images.pixels().length; i++) {
            images.pixels()[i] = (byte) (1 + random.nextInt(255));
        }
        Arrays.setAll(images.labels(), i -> i % 7);
        return images;
    }

    /** A session with one split and its batch. */
    private static final class Bench implements AutoCloseable {
        private final Graph graph = new Graph();
        private final DeviceImages device;
        private final Placeholder<TInt32> indices;
        private final Batch batch;
        private final Operand<TFloat32> draws;
        private final Session session;

        Bench(List<Augmentation> augmentations, long seed) {
            this(IMAGES, augmentations, seed, 2);
        }

        Bench(ImageSet images, List<Augmentation> augmentations, long seed, int threads) {
            var tf = Ops.create(graph);
            device = DeviceImages.build(tf, "train", images, augmentations, seed);
            indices = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
            batch = device.buildBatch(tf, indices);
            draws = device.buildDraws(tf, indices);
            var config = ConfigProto.newBuilder()
                    .setIntraOpParallelismThreads(threads)
                    .setInterOpParallelismThreads(threads);
            session = new Session(graph, config.build());
            device.load(session);
        }

        Bench epoch(int epoch) {
            device.startEpoch(session, epoch);
            return this;
        }

        float[] pixels(int... samples) {
            var pixels = new float[samples.length * IMAGES.imageBytes()];
            try (var fed = TInt32.vectorOf(samples);
                    var result = session.runner()
                            .feed(indices, fed)
                            .fetch(batch.pixels())
                            .run()) {
                var fetched = (TFloat32) result.get(0);
                assertThat(fetched.shape()).isEqualTo(Shape.of(samples.length, HEIGHT, WIDTH, CHANNELS));
                fetched.copyTo(DataBuffers.of(pixels, false, false));
            }
            return pixels;
        }

        int[] labels(int... samples) {
            try (var fed = TInt32.vectorOf(samples);
                    var result = session.runner()
                            .feed(indices, fed)
                            .fetch(batch.labels())
                            .run()) {
                return StdArrays.array1dCopyOf((TInt32) result.get(0));
            }
        }

        float[][] draws(int... samples) {
            try (var fed = TInt32.vectorOf(samples);
                    var result =
                            session.runner().feed(indices, fed).fetch(draws).run()) {
                return StdArrays.array2dCopyOf((TFloat32) result.get(0));
            }
        }

        @Override
        public void close() {
            session.close();
            graph.close();
        }
    }
}
