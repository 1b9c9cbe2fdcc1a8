package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class NormalizationTest {
    @Test
    void scalesEachChannelByItsOwn() {
        var normalization = new Normalization(List.of(.5f, .25f), List.of(.5f, .125f));
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var pixels = tf.constant(new float[][][][] {{{{0, 0}, {255, 255}, {51, 102}}}});
            try (var result =
                    session.runner().fetch(normalization.build(tf, pixels)).run()) {
                var normalised = (TFloat32) result.get(0);
                float[][] expected = {
                    {(0 - .5f) / .5f, (0 - .25f) / .125f},
                    {(1 - .5f) / .5f, (1 - .25f) / .125f},
                    {(.2f - .5f) / .5f, (.4f - .25f) / .125f}
                };
                for (int x = 0; x < 3; x++) {
                    for (int c = 0; c < 2; c++) {
                        assertThat(normalised.getFloat(0, 0, x, c))
                                .isCloseTo(expected[x][c], Percentage.withPercentage(1e-3));
                    }
                }
            }
        }
    }

    /** The measured results stand on these bits. */
    @Test
    void theFullRangeIsOneSubtractionAndOneDivision() {
        var normalization = new Normalization(List.of(.485f, .456f, .406f), List.of(.229f, .224f, .225f));
        var pixels = new float[256 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i / 3;
        }
        var normalised = run(normalization, pixels);
        for (int i = 0; i < pixels.length; i++) {
            float mean = normalization.mean().get(i % 3);
            float std = normalization.std().get(i % 3);
            assertThat(normalised[i]).isEqualTo((pixels[i] - 255 * mean) / (255 * std));
        }
    }

    @Test
    void anotherScaleComesFirstAndOneNumberIsForAllChannels() {
        float scale = 1 / 127.5f;
        assertThat(run(new Normalization(scale, List.of(1f), List.of(1f)), 0, 255, 51))
                .containsExactly(-1, 255 * scale - 1, 51 * scale - 1);
        assertThat(run(new Normalization(1, List.of(104f, 117f, 124f), List.of(2f)), 0, 118, 255))
                .containsExactly(-52, .5f, 65.5f);
        assertThat(run(Normalization.OF_PIXELS, 0, 54.999996f, 255)).containsExactly(0, 54.999996f, 255);
    }

    @Test
    void channelsCanBeTurnedAround() {
        assertThat(new Normalization(1, List.of(104f, 117f, 124f), List.of(2f)).reversed())
                .isEqualTo(new Normalization(1, List.of(124f, 117f, 104f), List.of(2f)));
    }

    /** Of one row of pixels of three channels. */
    private static float[] run(Normalization normalization, float... pixels) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.reshape(tf.constant(pixels), tf.constant(new int[] {1, 1, -1, 3}));
            try (var result =
                    session.runner().fetch(normalization.build(tf, images)).run()) {
                var found = new float[pixels.length];
                ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(found);
                return found;
            }
        }
    }

    @Test
    void refusesAScaleThatIsNone() {
        assertThatThrownBy(() -> new Normalization(0, List.of(0f), List.of(1f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scale is 0.0; expected more than 0 and finite");
        assertThatThrownBy(() -> new Normalization(1, List.of(Float.NaN), List.of(1f)))
                .hasMessage("mean is NaN; expected a finite number");
    }

    @Test
    void refusesListsThatDoNotMatch() {
        assertThatThrownBy(() -> new Normalization(List.of(.5f, .5f), List.of(.5f, .5f, .5f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean has 2 values and std 3; expected one a channel, or one for all");
        assertThatThrownBy(() -> new Normalization(List.of(.5f), List.of(0f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("std is 0.0; expected more than 0 and finite");
    }

    @ParameterizedTest
    @ValueSource(floats = {123.675f, -1, Float.NaN})
    void refusesAMeanInAnotherUnit(float mean) {
        assertThatThrownBy(() -> new Normalization(List.of(.5f, mean), List.of(58f, 57f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "mean is " + mean
                                + "; expected 0 to 1, in units of the full range: divide mean and std by 255, or state scale 1");
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
    void refusesADeviationThatIsNone(float std) {
        assertThatThrownBy(() -> new Normalization(List.of(.5f, .5f), List.of(1f, std)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("std is " + std + "; expected more than 0 and finite");
    }
}
