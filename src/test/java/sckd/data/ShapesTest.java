package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.hash.Hashing;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class ShapesTest {
    private static final Path NOWHERE = Path.of("nowhere");
    private static final DataSet SHAPES = new Shapes(500, 200, 1).read(NOWHERE);

    @Test
    void holdsTheImagesThatWereAskedFor() {
        assertThat(SHAPES.name()).isEqualTo("shapes");
        assertThat(SHAPES.train().size()).isEqualTo(500);
        assertThat(SHAPES.test().size()).isEqualTo(200);
        assertThat(SHAPES.train().height()).isEqualTo(32);
        assertThat(SHAPES.train().width()).isEqualTo(32);
        assertThat(SHAPES.train().channels()).isEqualTo(3);
        assertThat(SHAPES.classes())
                .containsExactly(
                        "circle",
                        "ring",
                        "square",
                        "frame",
                        "triangle",
                        "pentagon",
                        "cross",
                        "star",
                        "crescent",
                        "bars");
    }

    @Test
    void everyClassHasAsManyImages() {
        assertThat(Arrays.stream(SHAPES.train().labels()).filter(label -> label == 3))
                .hasSize(50);
        assertThat(SHAPES.train().labels()).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    }

    @Test
    void theSeedDecides() {
        var again = new Shapes(500, 200, 1).read(Path.of("elsewhere"));
        var other = new Shapes(500, 200, 2).read(NOWHERE);
        assertThat(again.train().inMemory().pixels())
                .isEqualTo(SHAPES.train().inMemory().pixels());
        assertThat(again.test().inMemory().pixels())
                .isEqualTo(SHAPES.test().inMemory().pixels());
        assertThat(other.train().inMemory().pixels())
                .isNotEqualTo(SHAPES.train().inMemory().pixels());
    }

    @Test
    void aSmallerSetIsTheBeginningOfALargerOne() {
        var small = new Shapes(20, 10, 1).read(NOWHERE);
        assertThat(small.train().inMemory().pixels())
                .isEqualTo(SHAPES.train().head(20).inMemory().pixels());
        assertThat(small.test().inMemory().pixels())
                .isEqualTo(SHAPES.test().head(10).inMemory().pixels());
    }

    @Test
    void noImageIsThereTwice() {
        var seen = new HashSet<Long>();
        for (var images :
                new ImageSet[] {SHAPES.train().inMemory(), SHAPES.test().inMemory()}) {
            for (int i = 0; i < images.size(); i++) {
                seen.add(Hashing.sipHash24()
                        .hashBytes(images.pixels(), i * images.imageBytes(), images.imageBytes())
                        .asLong());
            }
        }
        assertThat(seen).hasSize(700);
    }

    /**
     * The bytes are what the set is: results on it can be compared only while they stay. Whoever changes the painter on purpose changes
     * this sum and says so in the changelog.
     */
    @Test
    void theImagesAreTheSameOnEveryPlatform() {
        assertThat(Hashing.sha256().hashBytes(SHAPES.train().inMemory().pixels()))
                .hasToString("9a47bd844b48304bab05a182e30056b13c8a23778fbc65302add077fdc0205e8");
    }

    @Test
    void normalizationIsThatOfItsPixels() {
        var images = new Shapes(2000, 10, 3).read(NOWHERE).train().inMemory();
        for (int channel = 0; channel < 3; channel++) {
            var moments = Moments.of(images, channel);
            assertThat(SHAPES.normalization().mean().get(channel).doubleValue())
                    .isCloseTo(moments.mean(), within(0.01));
            assertThat(SHAPES.normalization().std().get(channel).doubleValue()).isCloseTo(moments.std(), within(0.01));
        }
    }

    @Test
    void refusesAnEmptySplit() {
        assertThatThrownBy(() -> new Shapes(0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("train images are 0; expected more than 0");
        assertThatThrownBy(() -> new Shapes(1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("test images are 0; expected more than 0");
    }
}
