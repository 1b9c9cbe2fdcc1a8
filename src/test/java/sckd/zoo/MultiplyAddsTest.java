package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Multiply-adds of every listed network, by arithmetic from the tables of layers in the papers: {@code side² · kernel² · channels / groups ·
 * filters} for each convolution, {@code inputs · units} for each dense layer. For CIFAR at 32×32 with 100 classes, for ImageNet at 224×224 with
 * 1,000.
 */
class MultiplyAddsTest {
    private static final long CIFAR_STEM = conv(32, 3, 3, 64);
    private static final long IMAGENET_STEM = conv(112, 7, 3, 64);

    private static final Map<String, Long> EXPECTED = ImmutableMap.<String, Long>builder()
            // Even depths: arXiv:1902.03393 (AAAI 2020); odd ones: arXiv:2009.08825 (ICCV 2021); for CIFAR-100, as the
            // authors' code lists the layers.
            .put("plain-cnn-2", stack("C32 P C32 P F100"))
            .put("plain-cnn-3", stack("C32 C32 P C64 P F100"))
            .put("plain-cnn-4", stack("C32 C32 P C64 C64 P F100"))
            .put("plain-cnn-5", stack("C32 C32 P C64 C64 P C128 F100"))
            .put("plain-cnn-6", stack("C32 C32 P C64 C64 P C128 C128 F100"))
            .put("plain-cnn-7", stack("C32 C32 P C64 C64 P C128 C128 P C256 P F64 F100"))
            .put("plain-cnn-8", stack("C32 C32 P C64 C64 P C128 C128 P C256 C256 P F64 F100"))
            .put("plain-cnn-9", stack("C32 C32 P C64 C64 P C128 C128 P C256 C256 C256 P F512 F100"))
            .put("plain-cnn-10", stack("C32 C32 P C64 C64 P C128 C128 P C256 C256 C256 C256 P F512 F100"))
            // arXiv:1512.03385 (CVPR 2016), §4.2; the 1×1 shortcuts and four times the width: arXiv:1910.10699
            // (ICLR 2020), appendix.
            .put("resnet8", threeStages(1, 16, 16, 32, 64))
            .put("resnet14", threeStages(2, 16, 16, 32, 64))
            .put("resnet20", threeStages(3, 16, 16, 32, 64))
            .put("resnet32", threeStages(5, 16, 16, 32, 64))
            .put("resnet44", threeStages(7, 16, 16, 32, 64))
            .put("resnet56", threeStages(9, 16, 16, 32, 64))
            .put("resnet110", threeStages(18, 16, 16, 32, 64))
            .put("resnet8x4", threeStages(1, 32, 64, 128, 256))
            .put("resnet32x4", threeStages(5, 32, 64, 128, 256))
            // arXiv:1512.03385 (CVPR 2016), table 1.
            .put("resnet18", CIFAR_STEM + basicStages(32, 2, 2, 2, 2) + linear(512, 100))
            .put("resnet34", CIFAR_STEM + basicStages(32, 3, 4, 6, 3) + linear(512, 100))
            .put("resnet50", CIFAR_STEM + bottleneckStages(32, 3, 4, 6, 3) + linear(2048, 100))
            .put("resnet101", CIFAR_STEM + bottleneckStages(32, 3, 4, 23, 3) + linear(2048, 100))
            .put("resnet152", CIFAR_STEM + bottleneckStages(32, 3, 8, 36, 3) + linear(2048, 100))
            .put("resnet18-imagenet", IMAGENET_STEM + basicStages(56, 2, 2, 2, 2) + linear(512, 1000))
            .put("resnet34-imagenet", IMAGENET_STEM + basicStages(56, 3, 4, 6, 3) + linear(512, 1000))
            .put("resnet50-imagenet", IMAGENET_STEM + bottleneckStages(56, 3, 4, 6, 3) + linear(2048, 1000))
            .put("resnet101-imagenet", IMAGENET_STEM + bottleneckStages(56, 3, 4, 23, 3) + linear(2048, 1000))
            .put("resnet152-imagenet", IMAGENET_STEM + bottleneckStages(56, 3, 8, 36, 3) + linear(2048, 1000))
            // arXiv:1605.07146 (BMVC 2016), table 1: (depth − 4) / 6 blocks.
            .put("wrn-16-1", threeStages(2, 16, 16, 32, 64))
            .put("wrn-16-2", threeStages(2, 16, 32, 64, 128))
            .put("wrn-16-4", threeStages(2, 16, 64, 128, 256))
            .put("wrn-28-2", threeStages(4, 16, 32, 64, 128))
            .put("wrn-28-10", threeStages(4, 16, 160, 320, 640))
            .put("wrn-40-1", threeStages(6, 16, 16, 32, 64))
            .put("wrn-40-2", threeStages(6, 16, 32, 64, 128))
            .put("wrn-40-4", threeStages(6, 16, 64, 128, 256))
            // arXiv:1409.1556 (ICLR 2015), table 1, columns A, B, D and E, with the pools and the one dense layer of
            // arXiv:1910.10699 (ICLR 2020), whose vgg8 it is.
            .put("vgg8", stack("C64 P C128 P C256 P C512 C512 A F100"))
            .put("vgg11", stack("C64 P C128 P C256 C256 P C512 C512 C512 C512 A F100"))
            .put("vgg13", stack("C64 C64 P C128 C128 P C256 C256 P C512 C512 C512 C512 A F100"))
            .put("vgg16", stack("C64 C64 P C128 C128 P C256 C256 C256 P C512 C512 C512 C512 C512 C512 A F100"))
            .put(
                    "vgg19",
                    stack("C64 C64 P C128 C128 P C256 C256 C256 C256 P C512 C512 C512 C512 C512 C512 C512 C512 A F100"))
            // arXiv:1801.04381 (CVPR 2018), table 2; the sides for CIFAR: arXiv:1910.10699 (ICLR 2020), whose
            // first block has a 1×1 convolution too.
            .put("mobilenet-v2", mobileNetV2(0.5, 1, 100, 16, 16, 16, 8, 4, 4, 2, 2))
            .put("mobilenet-v2-x1", mobileNetV2(1, 1, 100, 16, 16, 16, 8, 4, 4, 2, 2))
            .put("mobilenet-v2-imagenet", mobileNetV2(1, 0, 1000, 112, 112, 56, 28, 14, 14, 7, 7))
            // arXiv:1707.01083 (CVPR 2018), table 1, 1× with 3 groups; for CIFAR: arXiv:1910.10699 (ICLR 2020),
            // where the first blocks narrow to a quarter of what they themselves make.
            .put("shufflenet-v1", conv(32, 1, 3, 24) + shuffleNetV1(32, 54, 60, 120) + linear(960, 100))
            .put("shufflenet-v1-imagenet", conv(112, 3, 3, 24) + shuffleNetV1(56, 60, 120, 240) + linear(960, 1000))
            // arXiv:1807.11164 (ECCV 2018), table 5; the first convolution for CIFAR: arXiv:1910.10699 (ICLR 2020).
            .put("shufflenet-v2", conv(32, 1, 3, 24) + shuffleNetV2(32, 58, 1024) + linear(1024, 100))
            .put("shufflenet-v2-x0.5", conv(32, 1, 3, 24) + shuffleNetV2(32, 24, 1024) + linear(1024, 100))
            .put("shufflenet-v2-x1.5", conv(32, 1, 3, 24) + shuffleNetV2(32, 88, 1024) + linear(1024, 100))
            .put("shufflenet-v2-x2", conv(32, 1, 3, 24) + shuffleNetV2(32, 122, 2048) + linear(2048, 100))
            .put("shufflenet-v2-imagenet", conv(112, 3, 3, 24) + shuffleNetV2(56, 58, 1024) + linear(1024, 1000))
            .put("shufflenet-v2-x0.5-imagenet", conv(112, 3, 3, 24) + shuffleNetV2(56, 24, 1024) + linear(1024, 1000))
            .put("shufflenet-v2-x1.5-imagenet", conv(112, 3, 3, 24) + shuffleNetV2(56, 88, 1024) + linear(1024, 1000))
            .put("shufflenet-v2-x2-imagenet", conv(112, 3, 3, 24) + shuffleNetV2(56, 122, 2048) + linear(2048, 1000))
            .buildOrThrow();

    @ParameterizedTest
    @MethodSource("sckd.zoo.Zoo#names")
    void areThoseOfTheLayers(String name) {
        boolean imageNet = name.endsWith("-imagenet");
        int side = imageNet ? 224 : 32;
        assertThat(Zoo.measure(name, imageNet ? 1000 : 100, List.of(side, side, 3))
                        .multiplyAdds())
                .isEqualTo(EXPECTED.get(name));
    }

    @Test
    void areKnownOfNoOtherNetworks() {
        assertThat(EXPECTED).containsOnlyKeys(Zoo.names());
    }

    /** arXiv:1902.03393 (AAAI 2020): what differs for CIFAR-10. */
    @ParameterizedTest
    @CsvSource({
        "plain-cnn-2, C16 P C16 P F10",
        "plain-cnn-4, C16 C16 P C32 C32 P F10",
        "plain-cnn-6, C16 C16 P C32 C32 P C64 C64 P F10",
        "plain-cnn-8, C16 C16 P C32 C32 P C64 C64 P C128 C128 P F64 F10",
        "plain-cnn-10, C32 C32 P C64 C64 P C128 C128 P C256 C256 C256 C256 P F128 F10"
    })
    void ofPlainCnnsForTenClasses(String name, String layers) {
        assertThat(Zoo.measure(name, 10, List.of(32, 32, 3)).multiplyAdds()).isEqualTo(stack(layers));
    }

    /** @param side of the result */
    private static long conv(long side, long kernel, long channels, long filters) {
        return side * side * kernel * kernel * channels * filters;
    }

    private static long depthwise(long side, long channels) {
        return conv(side, 3, 1, channels);
    }

    private static long linear(long inputs, long units) {
        return inputs * units;
    }

    /** On 32×32: {@code C} is a 3×3 convolution, {@code P} a 2×2 pool, {@code A} the mean over each map, {@code F} a dense layer. */
    private static long stack(String layers) {
        long sum = 0;
        long side = 32;
        long channels = 3;
        for (var layer :
                Pattern.compile("([CPAF])(\\d*)").matcher(layers).results().toList()) {
            long filters = layer.group(2).isEmpty() ? channels : Long.parseLong(layer.group(2));
            sum += switch (layer.group(1)) {
                case "C" -> conv(side, 3, channels, filters);
                case "F" -> linear(side * side * channels, filters);
                default -> 0;
            };
            side = switch (layer.group(1)) {
                case "C" -> side;
                case "P" -> side / 2;
                default -> 1;
            };
            channels = filters;
        }
        return sum;
    }

    private static long threeStages(int blocks, long stem, long first, long second, long third) {
        return conv(32, 3, 3, stem)
                + basicStage(32, stem, first, blocks)
                + basicStage(16, first, second, blocks)
                + basicStage(8, second, third, blocks)
                + linear(third, 100);
    }

    /** @param side of the first stage */
    private static long basicStages(long side, int... blocks) {
        return basicStage(side, 64, 64, blocks[0])
                + basicStage(side / 2, 64, 128, blocks[1])
                + basicStage(side / 4, 128, 256, blocks[2])
                + basicStage(side / 8, 256, 512, blocks[3]);
    }

    private static long basicStage(long side, long channels, long filters, int blocks) {
        long shortcut = channels == filters ? 0 : conv(side, 1, channels, filters);
        return shortcut + conv(side, 3, channels, filters) + (2 * blocks - 1) * conv(side, 3, filters, filters);
    }

    /** The 3×3 convolutions have the stride. */
    private static long bottleneckStages(long side, int... blocks) {
        return bottleneckStage(side, side, 64, 64, blocks[0])
                + bottleneckStage(side, side / 2, 256, 128, blocks[1])
                + bottleneckStage(side / 2, side / 4, 512, 256, blocks[2])
                + bottleneckStage(side / 4, side / 8, 1024, 512, blocks[3]);
    }

    private static long bottleneckStage(long sideBefore, long side, long channels, long filters, int blocks) {
        long ends = conv(side, 3, filters, filters) + conv(side, 1, filters, 4 * filters);
        return conv(side, 1, channels, 4 * filters)
                + conv(sideBefore, 1, channels, filters)
                + (blocks - 1) * conv(side, 1, 4 * filters, filters)
                + blocks * ends;
    }

    /**
     * @param firstExpansions 1 where the first block has a 1×1 convolution before its depthwise one, 0 where not
     * @param sides after the first convolution and after each row of blocks
     */
    private static long mobileNetV2(double width, int firstExpansions, long classes, long... sides) {
        var filters = new int[] {32, 16, 24, 32, 64, 96, 160, 320};
        var blocks = new int[] {0, 1, 2, 3, 4, 3, 3, 1};
        long channels = (long) (width * filters[0]);
        long sum = conv(sides[0], 3, 3, channels);
        for (int row = 1; row < filters.length; row++) {
            for (int b = 0; b < blocks[row]; b++) {
                long expanded = (row == 1 ? 1 : 6) * channels;
                long made = (long) (width * filters[row]);
                sum += (row == 1 ? firstExpansions : 1) * conv(sides[b == 0 ? row - 1 : row], 1, channels, expanded)
                        + depthwise(sides[row], expanded)
                        + conv(sides[row], 1, expanded, made);
                channels = made;
            }
        }
        return sum + conv(sides[7], 1, channels, 1280) + linear(1280, classes);
    }

    /**
     * @param side of what the first stage gets
     * @param narrow channels in the middle of each stage's first block
     */
    private static long shuffleNetV1(long side, long... narrow) {
        return conv(side, 1, 24, narrow[0]) // in one group
                + shuffleStageV1(side / 2, narrow[0], 240 - 24, 240, 4)
                + conv(side / 2, 1, 240 / 3, narrow[1])
                + shuffleStageV1(side / 4, narrow[1], 480 - 240, 480, 8)
                + conv(side / 4, 1, 480 / 3, narrow[2])
                + shuffleStageV1(side / 8, narrow[2], 960 - 480, 960, 4);
    }

    /** Without the first convolution. */
    private static long shuffleStageV1(long side, long narrow, long made, long filters, int blocks) {
        long other = conv(side, 1, filters / 3, filters / 4)
                + depthwise(side, filters / 4)
                + conv(side, 1, filters / 4 / 3, filters);
        return depthwise(side, narrow) + conv(side, 1, narrow / 3, made) + (blocks - 1) * other;
    }

    /**
     * @param side of what the first stage gets
     * @param half of the first stage's filters
     */
    private static long shuffleNetV2(long side, long half, long lastFilters) {
        return shuffleStageV2(side / 2, 24, half, 4)
                + shuffleStageV2(side / 4, 2 * half, 2 * half, 8)
                + shuffleStageV2(side / 8, 4 * half, 4 * half, 4)
                + conv(side / 8, 1, 8 * half, lastFilters);
    }

    private static long shuffleStageV2(long side, long channels, long half, int blocks) {
        long left = depthwise(side, channels) + conv(side, 1, channels, half);
        long right = conv(2 * side, 1, channels, half) + depthwise(side, half) + conv(side, 1, half, half);
        return left + right + (blocks - 1) * (2 * conv(side, 1, half, half) + depthwise(side, half));
    }
}
