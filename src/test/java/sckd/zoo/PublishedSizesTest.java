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
        "resnet8x4, 1233540",
        "resnet32x4, 7433860",
        "resnet18, 11220132",
        "resnet34, 21328292",
        "resnet50, 23705252",
        "resnet101, 42697380",
        "resnet152, 58341028"
    })
    void networksForCifar(String name, long parameters) {
        assertThat(Zoo.measure(name, 100, CIFAR).parameters()).isEqualTo(parameters);
    }

    /** As listed in osmr/imgclsmob, pytorch/README.md, CIFAR-10 and CIFAR-100. */
    @ParameterizedTest
    @CsvSource({
        "resnet20, 10, 272474",
        "resnet56, 10, 855770",
        "resnet110, 10, 1730714",
        "wrn-16-10, 10, 17116634",
        "wrn-28-10, 10, 36479194",
        "wrn-40-8, 10, 35748314",
        "resnet20, 100, 278324",
        "resnet56, 100, 861620",
        "resnet110, 100, 1736564"
    })
    void networksOfThreeStages(String name, int classes, long parameters) {
        assertThat(Zoo.measure(name, classes, CIFAR).parameters()).isEqualTo(parameters);
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

    /** For 100 classes, in millions: the table of chenyaofo/pytorch-cifar-models; its ResNets are built alike. */
    @ParameterizedTest
    @CsvSource({"resnet20, 40.82", "resnet32, 69.13", "resnet44, 97.44", "resnet56, 125.75"})
    void multiplyAddsOfResNets(String name, double published) {
        checkMillions(multiplyAdds(name, 100), published);
    }

    /** The same table, whose networks have a 2×2 pool before the fifth stage too, and two dense layers of 512 more. */
    @ParameterizedTest
    @CsvSource({"vgg11, 2, 153.34", "vgg13, 2, 228.84", "vgg16, 3, 313.77", "vgg19, 4, 398.71"})
    void multiplyAddsOfVggs(String name, int convolutionsOfFifthStage, double published) {
        long saved = (4 * 4 - 2 * 2) * convolutionsOfFifthStage * 9 * 512 * 512;
        checkMillions(multiplyAdds(name, 100) - saved + 2 * 512 * 512, published);
    }

    /** The same table, whose networks begin with a 3×3 convolution. */
    @ParameterizedTest
    @CsvSource({
        "shufflenet-v2-x0.5, 10.99",
        "shufflenet-v2, 45.09",
        "shufflenet-v2-x1.5, 94.35",
        "shufflenet-v2-x2, 188.00"
    })
    void multiplyAddsOfShuffleNetsV2(String name, double published) {
        checkMillions(multiplyAdds(name, 100) + 32 * 32 * (9 - 1) * 3 * 24, published);
    }

    /** The same table, whose network begins with stride 1, so that its maps are ours of 64×64, and does not expand the first 32 channels. */
    @Test
    void multiplyAddsOfMobileNetV2() {
        long ours = Zoo.measure("mobilenet-v2-x1", 100, List.of(64, 64, 3)).multiplyAdds();
        checkMillions(ours - 32 * 32 * 32 * 32, 88.09);
    }

    /**
     * For 100 classes, in millions: the tables of zeiss-microscopy/BSConv, the code of arXiv:2003.13549 (CVPR 2020). They count 2 for each value of
     * batch norm (that of the images too), 1 for each of ReLU, of the mean over maps and of the last bias.
     */
    @ParameterizedTest
    @CsvSource({
        "wrn-16-1, 2, 1, 27.07",
        "wrn-16-2, 2, 2, 101.87",
        "wrn-16-4, 2, 4, 394.08",
        "wrn-28-2, 4, 2, 215.80",
        "wrn-28-10, 4, 10, 5250.36",
        "wrn-40-1, 6, 1, 84.38",
        "wrn-40-2, 6, 2, 329.74",
        "wrn-40-4, 6, 4, 1302.81",
        "resnet20, 3, 1, 41.42",
        "resnet56, 9, 1, 127.39",
        "resnet110, 18, 1, 256.34"
    })
    void operationsOfThreeStages(String name, int blocks, int width, double published) {
        int stages = width * (32 * 32 * 16 + 16 * 16 * 32 + 8 * 8 * 64);
        int normalized = 3 * (32 * 32 * 16 + 2 * blocks * stages);
        int shortcuts = name.startsWith("wrn") ? 0 : 2 * (16 * 16 * 32 + 8 * 8 * 64);
        int ends = 2 * 32 * 32 * 3 + 8 * 8 * 64 * width + 100;
        checkMillions(multiplyAdds(name, 100) + normalized + shortcuts + ends, published);
    }

    /** For 10 classes, in thousands of millions: the table for CIFAR-10 of OpenMMLab's mmpretrain, which counts batch norm and ReLU too, about 1 %. */
    @ParameterizedTest
    @CsvSource({"resnet18, 0.56", "resnet34, 1.16", "resnet50, 1.31", "resnet101, 2.52", "resnet152, 3.74"})
    void operationsOfFourStages(String name, double published) {
        assertThat(multiplyAdds(name, 10) / 1e9).isBetween(0.99 * published, published + 0.005);
    }

    private static long multiplyAdds(String name, int classes) {
        return Zoo.measure(name, classes, CIFAR).multiplyAdds();
    }

    /** To the two decimals of the published tables. */
    private static void checkMillions(long count, double published) {
        assertThat(Math.round(count / 1e4)).isEqualTo(Math.round(100 * published));
    }
}
