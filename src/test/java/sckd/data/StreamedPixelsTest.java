package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
import sckd.UserException;

/** What is read from files ahead of the step is, bit for bit, what lives on the device. */
class StreamedPixelsTest {
    private static final int COUNT = 30;
    private static final ImageFrame FRAME = new ImageFrame(8, 10, 3, ImageReading.Fit.CROP, 1, Optional.empty());

    @TempDir
    private Path directory;

    private ImageFiles files;

    @BeforeEach
    void paint() throws IOException {
        var random = new Random(2);
        var images = new ArrayList<EncodedImage>();
        for (int i = 0; i < COUNT; i++) {
            var file = directory.resolve(i + ".png");
            ImageFolderReaderTest.paint(file, 9 + i % 5, 12, (row, column) -> random.nextInt(1 << 24));
            images.add(new EncodedImage.OfFile(file));
        }
        var labels = new int[COUNT];
        Arrays.setAll(labels, i -> i % 4);
        files = new ImageFiles(images, labels, FRAME);
    }

    @Test
    void bitsAreThoseOfTheDevice() {
        List<List<Augmentation>> lists = List.of(
                List.of(),
                List.of(new RandomCrop(2), new HorizontalFlip(), new Cutout(3, Cutout.Fill.MEAN)),
                List.of(new HorizontalFlip(), new Mixup(1, 1)),
                List.of(new ColourJitter(.3f, .3f, .3f), new CutMix(1, .5f)));
        for (var list : lists) {
            try (var stored = new Bench(files.inMemory(), list, 3);
                    var streamed = new Bench(files, list, 3)) {
                streamed.device.expect(List.of(new int[] {0, 1, 2}, new int[] {29, 3}, new int[] {7}));
                for (var batch : new int[][] {{0, 1, 2}, {29, 3}, {7}, {8, 9}, {2, 1, 0}}) {
                    assertThat(streamed.fetch(batch)).isEqualTo(stored.fetch(batch));
                }
            }
        }
    }

    @Test
    void resizedCropsAreCutFromTheFilesOwnPixels() {
        var crop = new RandomResizedCrop(.3f, 1.2f);
        try (var streamed = new Bench(files, List.of(crop, new HorizontalFlip()), 3);
                var decoder = new ImageDecoder(3)) {
            var all = new int[COUNT];
            Arrays.setAll(all, i -> i);
            var shown = streamed.fetch(all);
            var draws = streamed.draws(all);
            for (int i = 0; i < COUNT; i++) {
                var expected = new byte[240];
                decoder.read(files.images().get(i), FRAME, ImageWindow.random(crop, draws[i], 0), expected, 0);
                for (int p = 0; p < 80; p++) {
                    int column = draws[i][4] < .5f ? 9 - p % 10 : p % 10;
                    assertThat(shown[i * 240 + 3 * p]).isEqualTo(expected[3 * (p / 10 * 10 + column)] & 0xFF);
                }
                assertThat(streamed.fetch(i)).as("alone").isEqualTo(Arrays.copyOfRange(shown, i * 240, i * 240 + 240));
            }
            var first = shown.clone();
            streamed.epoch(4);
            assertThat(streamed.fetch(all)).isNotEqualTo(first);
            streamed.epoch(3);
            assertThat(streamed.fetch(all)).isEqualTo(first);
        }
    }

    @Test
    void windowsHaveTheSizeAndShapeThatTheDrawsSay() {
        var crop = new RandomResizedCrop(.25f, 2);
        float[] draws = {0, 1, .5f, 1};
        // a quarter of 20·40 = 200 pixels, twice as wide as high: 10 by 20
        var window = ImageWindow.random(crop, draws, 0).of(20, 40);
        assertThat(window.height()).isCloseTo(10, within(1e-6));
        assertThat(window.width()).isCloseTo(20, within(1e-6));
        assertThat(window.top()).isCloseTo(5, within(1e-6));
        assertThat(window.left()).isCloseTo(20, within(1e-6));
        var middle = ImageWindow.middle(new ImageFrame(4, 4, 3, ImageReading.Fit.CROP, .5, Optional.empty()));
        assertThat(middle.of(20, 40)).isEqualTo(new ImageWindow(5, 15, 10, 10));
        var stretched = ImageWindow.middle(new ImageFrame(4, 4, 3, ImageReading.Fit.STRETCH, .5, Optional.empty()));
        assertThat(stretched.of(20, 40)).isEqualTo(new ImageWindow(5, 10, 10, 20));
    }

    @Test
    void aFileThatIsGoneIsToldWhenItsBatchComes() throws IOException {
        Files.delete(directory.resolve("5.png"));
        try (var streamed = new Bench(files, List.of(), 3)) {
            streamed.device.expect(List.of(new int[] {4}, new int[] {5}));
            streamed.fetch(4);
            assertThatThrownBy(() -> streamed.fetch(5))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(directory.resolve("5.png") + ": cannot be read: no such file");
        }
    }

    private static final class Bench implements AutoCloseable {
        private final Graph graph = new Graph();
        private final Placeholder<TInt32> indices;
        private final DeviceImages device;
        private final Batch batch;
        private final Operand<TFloat32> draws;
        private final Session session;

        Bench(LabelledImages images, List<Augmentation> augmentations, int epoch) {
            var tf = Ops.create(graph);
            device = DeviceImages.build(tf, "train", images, augmentations, 5);
            indices = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
            batch = device.buildBatch(tf, indices);
            draws = device.buildDraws(tf, indices);
            session = new Session(graph);
            device.load(session);
            epoch(epoch);
        }

        void epoch(int epoch) {
            device.startEpoch(session, epoch);
        }

        float[] fetch(int... samples) {
            var pixels = new float[samples.length * 240];
            var runner = session.runner();
            try (var fed = device.feed(runner, indices, samples);
                    var result =
                            runner.fetch(batch.pixels()).fetch(batch.labels()).run()) {
                ((TFloat32) result.get(0)).copyTo(DataBuffers.of(pixels, false, false));
                assertThat(((TInt32) result.get(1)).getInt(0)).isEqualTo(samples[0] % 4);
            }
            return pixels;
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
            device.close();
            session.close();
            graph.close();
        }
    }
}
