package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageSetTest {
    private static final ImageSet IMAGES = numbered(100);

    /** Image i is two pixels of value i and of class i. */
    private static ImageSet numbered(int count) {
        var images = ImageSet.allocate(count, 1, 2, 1);
        Arrays.setAll(images.labels(), i -> i);
        for (int i = 0; i < images.pixels().length; i++) {
            images.pixels()[i] = (byte) (i / 2);
        }
        return images;
    }

    @Test
    void headKeepsTheFirst() {
        var head = IMAGES.head(3);
        assertThat(head.labels()).containsExactly(0, 1, 2);
        assertThat(head.pixels()).containsExactly(0, 0, 1, 1, 2, 2);
        assertThat(IMAGES.head(100)).isSameAs(IMAGES);
        assertThat(IMAGES.head(0).size()).isZero();
    }

    @Test
    void headRefusesMoreThanThereAre() {
        assertThatThrownBy(() -> IMAGES.head(101))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("head of 101 images; expected 0 to 100");
    }

    @Test
    void holdOutSplitsWithoutOverlapInTheOldOrder() {
        var split = IMAGES.holdOut(30, 1);
        assertThat(split.heldOut().size()).isEqualTo(30);
        assertThat(split.train().labels()).isSorted();
        assertThat(split.heldOut().labels()).isSorted();
        assertThat(IntStream.concat(
                        IntStream.of(split.train().labels()),
                        IntStream.of(split.heldOut().labels())))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).boxed().toList());
        for (int i = 0; i < 30; i++) {
            int id = split.heldOut().labels()[i];
            assertThat(split.heldOut().inMemory().pixels()[2 * i + 1]).isEqualTo((byte) id);
        }
    }

    @Test
    void holdOutFollowsTheSeed() {
        assertThat(IMAGES.holdOut(30, 1).heldOut().labels())
                .isEqualTo(IMAGES.holdOut(30, 1).heldOut().labels())
                .isNotEqualTo(IMAGES.holdOut(30, 2).heldOut().labels());
    }

    @Test
    void aSampleIsWhatWouldBeHeldOutOrAllThereIs() {
        var sample = IMAGES.sample(30, 1).inMemory();
        assertThat(sample.labels()).isEqualTo(IMAGES.holdOut(30, 1).heldOut().labels());
        assertThat(sample.pixels()[1]).isEqualTo((byte) sample.labels()[0]);
        assertThat(IMAGES.sample(100, 1)).isSameAs(IMAGES);
        assertThat(IMAGES.sample(2000, 1)).isSameAs(IMAGES);
    }

    @Test
    void holdOutRefusesMoreThanThereAre() {
        assertThatThrownBy(() -> IMAGES.holdOut(101, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("101 images to hold out; expected 0 to 100");
    }

    @Test
    void refusesPixelsThatDoNotFit() {
        assertThatThrownBy(() -> new ImageSet(new byte[5], new int[2], 1, 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 bytes for 2 images of 1x2x1");
    }
}
