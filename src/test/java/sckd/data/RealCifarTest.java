package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import sckd.Shared;

/** CIFAR-10 itself, streamed from its archive. */
class RealCifarTest {
    @Test
    void holdsSixtyThousandBalancedImagesWithTheStatedMoments() {
        var archive = Shared.require("data/cifar-10-batches-bin.tar.xz");
        var cifar = DataSets.all().get("cifar10").read(archive);
        assertBalanced(cifar.train().inMemory(), 5000);
        assertBalanced(cifar.test().inMemory(), 1000);
        assertThat(cifar.classes().get(6)).isEqualTo("frog");
        assertThat(cifar.train().labels()[0])
                .as("the first training image is a frog")
                .isEqualTo(6);
        for (int channel = 0; channel < 3; channel++) {
            var moments = Moments.of(cifar.train().inMemory(), channel);
            // four digits are stated
            assertThat(cifar.normalization().mean().get(channel).doubleValue()).isCloseTo(moments.mean(), within(6e-5));
            assertThat(cifar.normalization().std().get(channel).doubleValue()).isCloseTo(moments.std(), within(6e-5));
        }
    }

    private static void assertBalanced(ImageSet images, long each) {
        for (int label = 0; label < 10; label++) {
            int wanted = label;
            assertThat(Arrays.stream(images.labels()).filter(id -> id == wanted).count())
                    .isEqualTo(each);
        }
    }
}
