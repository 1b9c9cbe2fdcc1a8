package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
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
import sckd.UserException;

/** Each against a plain reference in double, image by image, as its draws say. */
class PixelAugmentationTest {
    private static final int COUNT = 60;
    private static final int HEIGHT = 7;
    private static final int WIDTH = 9;
    private static final float ALMOST_ONE = Math.nextDown(1f);

    @Test
    void cutoutHidesTheSquareThatTheDrawsName() {
        for (int size : new int[] {1, 2, 3, 4, 20}) {
            var images = noise(3, 1);
            var draws = draws(2, 2);
            var shown = run(new Cutout(size, Cutout.Fill.BLACK), images, draws);
            forEachPixel(3, (image, row, column, channel, place) -> {
                int top = (int) (draws[image][0] * HEIGHT) - size / 2;
                int left = (int) (draws[image][1] * WIDTH) - size / 2;
                boolean hidden = row >= top && row < top + size && column >= left && column < left + size;
                assertThat(shown[place]).isEqualTo(hidden ? 0 : images.pixels()[place] & 0xFF);
            });
        }
    }

    @Test
    void cutoutCentresOnEveryPixelButNoOther() {
        var images = noise(1, 1);
        var draws = new float[COUNT][];
        Arrays.setAll(draws, i -> i % 2 == 0 ? new float[] {0, ALMOST_ONE} : new float[] {ALMOST_ONE, 0});
        var shown = run(new Cutout(1, Cutout.Fill.BLACK), images, draws);
        assertThat(shown[WIDTH - 1]).isZero();
        assertThat(shown[HEIGHT * WIDTH + (HEIGHT - 1) * WIDTH]).isZero();
    }

    @Test
    void cutoutFillsWithTheMeanOfAllImagesByChannel() {
        var images = noise(3, 1);
        var sums = new double[3];
        for (int i = 0; i < images.pixels().length; i++) {
            sums[i % 3] += images.pixels()[i] & 0xFF;
        }
        var shown = run(new Cutout(40, Cutout.Fill.MEAN), images, draws(2, 2));
        forEachPixel(3, (image, row, column, channel, place) -> assertThat(shown[place])
                .isCloseTo((float) (sums[channel] / (COUNT * HEIGHT * WIDTH)), within(1e-4f)));
    }

    @Test
    void colourJitterFollowsItsFormula() {
        for (int channels : new int[] {1, 3}) {
            var images = noise(channels, 5);
            var draws = draws(3, 6);
            var jitter = new ColourJitter(.4f, .9f, .7f);
            var shown = run(jitter, images, draws);
            for (int image = 0; image < COUNT; image++) {
                var expected = jittered(jitter, images, image, draws[image]);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(shown[image * expected.length + i]).isCloseTo((float) expected[i], within(1e-3f));
                }
            }
        }
    }

    @Test
    void colourJitterOfNoStrengthChangesNothing() {
        var images = noise(3, 5);
        var shown = run(new ColourJitter(0, 0, 0), images, draws(3, 6));
        forEachPixel(3, (image, row, column, channel, place) -> assertThat(shown[place])
                .isCloseTo(images.pixels()[place] & 0xFF, within(1e-4f)));
    }

    @Test
    void colourJitterRefusesOtherChannels() {
        assertThatThrownBy(() -> run(new ColourJitter(0, 0, 0), noise(2, 5), draws(3, 6)))
                .isInstanceOf(UserException.class)
                .hasMessage("data.augment: colour-jitter is for images of 1 or 3 channels; these have 2");
    }

    @Test
    void resizedCropOfTheWholeImageIsTheImage() {
        // a square window of the image's area fits no other than a square image
        var square = new ImageSet(Arrays.copyOf(noise(3, 5).pixels(), COUNT * 49 * 3), new int[COUNT], 7, 7, 3);
        var same = run(new RandomResizedCrop(1, 1), square, draws(4, 7));
        for (int i = 0; i < same.length; i++) {
            assertThat(same[i]).isCloseTo(square.pixels()[i] & 0xFF, within(1e-3f));
        }
    }

    @Test
    void resizedCropInterpolatesTheWindowThatTheDrawsName() {
        var images = noise(3, 5);
        var draws = draws(4, 8);
        var crop = new RandomResizedCrop(.1f, 2);
        var shown = run(crop, images, draws);
        forEachPixel(3, (image, row, column, channel, place) -> {
            var draw = draws[image];
            double area = HEIGHT * WIDTH * (.1 + .9 * draw[0]);
            double shape = Math.exp((2 * draw[1] - 1) * Math.log(2));
            double tall = Math.min(HEIGHT, Math.sqrt(area / shape));
            double wide = Math.min(WIDTH, Math.sqrt(area * shape));
            double top = draw[2] * (HEIGHT - tall);
            double left = draw[3] * (WIDTH - wide);
            double y = between(top, tall, row, HEIGHT);
            double x = between(left, wide, column, WIDTH);
            assertThat(shown[place]).isCloseTo((float) bilinear(images, image, y, x, channel), within(.02f));
        });
    }

    @Test
    void resizedCropNeverShowsBlackBeyondTheBorder() {
        var images = noise(3, 5);
        Arrays.fill(images.pixels(), (byte) 255);
        for (float edge : new float[] {0, ALMOST_ONE}) {
            var draws = draws(4, 9);
            for (var draw : draws) {
                draw[2] = edge;
                draw[3] = edge;
            }
            for (float pixel : run(new RandomResizedCrop(.05f, 3), images, draws)) {
                assertThat(pixel).isCloseTo(255, within(1e-3f));
            }
        }
    }

    @Test
    void badParametersAreToldWithWhatIsExpected() {
        assertThatThrownBy(() -> new Cutout(0, Cutout.Fill.BLACK)).hasMessage("size is 0; expected at least 1");
        assertThatThrownBy(() -> new ColourJitter(0, 2, 0)).hasMessage("contrast is 2.0; expected 0 to 1");
        assertThatThrownBy(() -> new RandomResizedCrop(0, 1)).hasMessage("smallest is 0.0; expected more than 0 to 1");
        assertThatThrownBy(() -> new RandomResizedCrop(1, .5f)).hasMessage("aspect is 0.5; expected at least 1");
        assertThatThrownBy(() -> new Mixup(0, 1)).hasMessage("alpha is 0.0; expected more than 0 and finite");
        assertThatThrownBy(() -> new CutMix(1, 1.5f)).hasMessage("probability is 1.5; expected 0 to 1");
    }

    /** The centre of output pixel {@code i} in the input, counted from the centre of the first pixel. */
    private static double between(double start, double size, int i, int length) {
        return Math.max(0, Math.min(length - 1, start + (i + 0.5) * size / length - 0.5));
    }

    private static double bilinear(ImageSet images, int image, double y, double x, int channel) {
        int top = (int) Math.floor(y);
        int left = (int) Math.floor(x);
        double down = y - top;
        double right = x - left;
        return (1 - down)
                        * ((1 - right) * at(images, image, top, left, channel)
                                + right * at(images, image, top, left + 1, channel))
                + down
                        * ((1 - right) * at(images, image, top + 1, left, channel)
                                + right * at(images, image, top + 1, left + 1, channel));
    }

    private static int at(ImageSet images, int image, int row, int column, int channel) {
        int y = Math.min(row, HEIGHT - 1);
        int x = Math.min(column, WIDTH - 1);
        return images.pixels()[((image * HEIGHT + y) * WIDTH + x) * images.channels() + channel] & 0xFF;
    }

    private static double[] jittered(ColourJitter jitter, ImageSet images, int image, float[] draws) {
        int channels = images.channels();
        int size = images.imageBytes();
        var pixels = new double[size];
        for (int i = 0; i < size; i++) {
            pixels[i] = images.pixels()[image * size + i] & 0xFF;
        }
        double[] strengths = {jitter.brightness(), jitter.contrast(), jitter.saturation()};
        for (int change = 0; change < 3; change++) {
            double factor = 1 - strengths[change] + 2 * strengths[change] * draws[change];
            var luma = luma(pixels, channels);
            double mean = Arrays.stream(luma).map(Math::rint).average().orElseThrow();
            for (int i = 0; i < size; i++) {
                double grey = change == 0 ? 0 : change == 1 ? mean : luma[i / channels];
                pixels[i] = Math.max(0, Math.min(255, factor * pixels[i] + (1 - factor) * grey));
            }
        }
        return pixels;
    }

    private static double[] luma(double[] pixels, int channels) {
        var luma = new double[pixels.length / channels];
        for (int i = 0; i < luma.length; i++) {
            luma[i] = channels == 1
                    ? pixels[i]
                    : .299 * pixels[3 * i] + .587 * pixels[3 * i + 1] + .114 * pixels[3 * i + 2];
        }
        return luma;
    }

    private interface Pixel {
        void check(int image, int row, int column, int channel, int place);
    }

    private static void forEachPixel(int channels, Pixel pixel) {
        int place = 0;
        for (int image = 0; image < COUNT; image++) {
            for (int row = 0; row < HEIGHT; row++) {
                for (int column = 0; column < WIDTH; column++) {
                    for (int channel = 0; channel < channels; channel++) {
                        pixel.check(image, row, column, channel, place++);
                    }
                }
            }
        }
    }

    private static ImageSet noise(int channels, long seed) {
        var images = ImageSet.allocate(COUNT, HEIGHT, WIDTH, channels);
        new Random(seed).nextBytes(images.pixels());
        return images;
    }

    private static float[][] draws(int columns, long seed) {
        var random = new Random(seed);
        var draws = new float[COUNT][columns];
        for (var row : draws) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextFloat();
            }
        }
        return draws;
    }

    /** All images at once; each one alone must come out alike, to the bit. */
    private static float[] run(PixelAugmentation augmentation, ImageSet images, float[][] draws) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var shape = Shape.of(-1, images.height(), images.width(), images.channels());
            Operand<TFloat32> pixels = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
            Operand<TFloat32> random =
                    tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, augmentation.draws())));
            var shown = augmentation.build(tf, pixels, random, ImageStatistics.of(images));
            assertThat(shown.shape().tail()).isEqualTo(shape.tail());
            try (var session = new Session(graph)) {
                var floats = new float[images.pixels().length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = images.pixels()[i] & 0xFF;
                }
                var all = fetch(session, pixels, random, shown, floats, draws);
                int size = images.imageBytes();
                for (int image : new int[] {0, 1, COUNT - 1}) {
                    var alone = fetch(
                            session,
                            pixels,
                            random,
                            shown,
                            Arrays.copyOfRange(floats, image * size, (image + 1) * size),
                            new float[][] {draws[image]});
                    assertThat(alone).isEqualTo(Arrays.copyOfRange(all, image * size, (image + 1) * size));
                }
                return all;
            }
        }
    }

    private static float[] fetch(
            Session session,
            Operand<TFloat32> pixels,
            Operand<TFloat32> random,
            Operand<TFloat32> shown,
            float[] floats,
            float[][] draws) {
        var shape = pixels.shape().tail().prepend(draws.length);
        var out = new float[floats.length];
        try (var fed = TFloat32.tensorOf(shape, DataBuffers.of(floats, true, false));
                var drawn = TFloat32.tensorOf(StdArrays.ndCopyOf(draws));
                var result = session.runner()
                        .feed(pixels, fed)
                        .feed(random, drawn)
                        .fetch(shown)
                        .run()) {
            ((TFloat32) result.get(0)).copyTo(DataBuffers.of(out, false, false));
        }
        return out;
    }
}
