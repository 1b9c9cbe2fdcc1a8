package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters and multiply-adds as published. */
class PublishedSizesTest {
    private static final List<Integer> CIFAR = List.of(32, 32, 3);
    private static final List<Integer> IMAGENET = List.of(224, 224, 3);

    /**
     * Parameters for 1,000 classes: the pretrained weights' {@code num_params} in the documentation of torchvision (pytorch.org/vision, table of
     * all available classification weights); multiply-adds in millions: its {@code GFLOPS}, which has two decimals.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet18-imagenet, 11689512, 1.81",
        "resnet34-imagenet, 21797672, 3.66",
        "resnet50-imagenet, 25557032, 4.09",
        "resnet101-imagenet, 44549160, 7.80",
        "resnet152-imagenet, 60192808, 11.51",
        "mobilenet-v2-imagenet, 3504872, 0.30",
        "shufflenet-v2-x0.5-imagenet, 1366792, 0.04",
        "shufflenet-v2-imagenet, 2278604, 0.14",
        "shufflenet-v2-x1.5-imagenet, 3503624, 0.30",
        "shufflenet-v2-x2-imagenet, 7393996, 0.58"
    })
    void networksForImageNet(String name, long parameters, double billionMultiplyAdds) {
        var entry = Zoo.measure(name, 1000, IMAGENET);
        assertThat(entry.parameters()).isEqualTo(parameters);
        assertThat(Math.round(entry.multiplyAdds() / 1e7)).isEqualTo(Math.round(100 * billionMultiplyAdds));
    }

    /** For 100 classes; as counted in the networks of the published code of arXiv:1910.10699 (HobbitLong/RepDistiller). */
    @ParameterizedTest
    @CsvSource({
        "wrn-16-1, 180916",
        "wrn-16-2, 703284",
        "wrn-40-1, 569780",
        "wrn-40-2, 2255156",
        "vgg8, 3965028",
        "vgg11, 9277284",
        "vgg13, 9462180",
        "vgg16, 14774436",
        "vgg19, 20086692",
        "mobilenet-v2, 812836",
        "shufflenet-v1, 949258",
        "shufflenet-v2, 1355528",
        "resnet18, 11220132",
        "resnet34, 21328292",
        "resnet50, 23705252",
        "resnet101, 42697380",
        "resnet152, 58341028"
    })
    void networksForCifar(String name, long parameters) {
        assertThat(Zoo.measure(name, 100, CIFAR).parameters()).isEqualTo(parameters);
    }

    /** For 10 classes, in millions: arXiv:1605.07146, table 4. */
    @ParameterizedTest
    @CsvSource({"wrn-40-1, 0.6", "wrn-40-2, 2.2", "wrn-40-4, 8.9", "wrn-28-10, 36.5", "wrn-22-8, 17.2", "wrn-16-8, 11.0"
    })
    void wideResNets(String name, double millions) {
        assertThat(Zoo.measure(name, 10, CIFAR).parameters() / 1e6).isCloseTo(millions, within(0.05));
    }

    /** Multiply-adds: 137 million in arXiv:1707.01083, table 1, 1× with 3 groups; parameters: 1.87 million in the tables of OpenMMLab's mmpretrain. */
    @Test
    void shuffleNetV1ForImageNet() {
        var entry = Zoo.measure("shufflenet-v1-imagenet", 1000, IMAGENET);
        assertThat(Math.round(entry.multiplyAdds() / 1e6)).isEqualTo(137);
        assertThat(Math.round(entry.parameters() / 1e4)).isEqualTo(187);
    }

    /**
     * The inverted residuals of arXiv:1801.04381 at width ½, and the stages of arXiv:1707.01083, by arithmetic: depthwise convolutions cost 9 a
     * result, grouped ones a third of the channels.
     */
    @Test
    void multiplyAddsOfDepthwiseAndGroupedConvolutions() {
        long blocks = inverted(16, 16, 1, 8, 16) // at 16×16 after the stem, expansion 1
                + inverted(16, 16, 6, 12, 8)
                + inverted(16, 16, 6, 12, 12)
                + inverted(16, 8, 6, 16, 12)
                + 2 * inverted(8, 8, 6, 16, 16)
                + inverted(8, 4, 6, 32, 16)
                + 3 * inverted(4, 4, 6, 32, 32)
                + inverted(4, 4, 6, 48, 32)
                + 2 * inverted(4, 4, 6, 48, 48)
                + inverted(4, 2, 6, 80, 48)
                + 2 * inverted(2, 2, 6, 80, 80)
                + inverted(2, 2, 6, 160, 80);
        long ends = 16 * 16 * 27 * 16 + 2 * 2 * 160 * 1280 + 1280 * 100;
        assertThat(Zoo.measure("mobilenet-v2", 100, CIFAR).multiplyAdds()).isEqualTo(blocks + ends);

        long first = 32 * 32 * 24 * 54
                + 16 * 16 * (9 * 54 + 54 / 3 * 216)
                + 16 * 16 * 240 / 3 * 60
                + 8 * 8 * (9 * 60 + 60 / 3 * 240)
                + 8 * 8 * 480 / 3 * 120
                + 4 * 4 * (9 * 120 + 120 / 3 * 480);
        long others = 3 * 16 * 16 * grouped(240) + 7 * 8 * 8 * grouped(480) + 3 * 4 * 4 * grouped(960);
        assertThat(Zoo.measure("shufflenet-v1", 100, CIFAR).multiplyAdds())
                .isEqualTo(32 * 32 * 3 * 24 + first + others + 960 * 100);
    }

    private static long inverted(long side, long newSide, long expansion, long filters, long channels) {
        long expanded = expansion * channels;
        return side * side * channels * expanded + newSide * newSide * (9 * expanded + expanded * filters);
    }

    /** A block of stride 1, for each place. */
    private static long grouped(long filters) {
        return 2 * filters / 3 * (filters / 4) + 9 * (filters / 4);
    }
}
