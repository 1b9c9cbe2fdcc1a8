package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Parameters of plain CNNs and CIFAR ResNets against arithmetic and against published figures. */
class ArchitectureSizeTest {
    private static final List<Integer> CIFAR = List.of(32, 32, 3);

    /** Parameters that the 1×1 shortcuts of stages 2 and 3 add: kernel, gamma, beta. */
    private static final long SHORTCUTS = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64;

    private static Map<String, ZooEntry> ten;
    private static Map<String, ZooEntry> hundred;

    @BeforeAll
    static void measure() {
        ten = sizes(10);
        hundred = sizes(100);
    }

    @Test
    void plainCnnsForHundredClasses() {
        long c32x2 = conv(3, 32) + conv(32, 32);
        long c64x2 = conv(32, 64) + conv(64, 64);
        long c128x2 = conv(64, 128) + conv(128, 128);
        checkParameters(hundred, "plain-cnn-2", conv(3, 32) + conv(32, 32) + dense(8 * 8 * 32, 100));
        checkParameters(hundred, "plain-cnn-3", c32x2 + conv(32, 64) + dense(8 * 8 * 64, 100));
        checkParameters(hundred, "plain-cnn-4", c32x2 + c64x2 + dense(8 * 8 * 64, 100));
        checkParameters(hundred, "plain-cnn-5", c32x2 + c64x2 + conv(64, 128) + dense(8 * 8 * 128, 100));
        checkParameters(hundred, "plain-cnn-6", c32x2 + c64x2 + c128x2 + dense(8 * 8 * 128, 100));
        long threeStages = c32x2 + c64x2 + c128x2 + conv(128, 256);
        checkParameters(hundred, "plain-cnn-7", threeStages + dense(2 * 2 * 256, 64) + dense(64, 100));
        checkParameters(hundred, "plain-cnn-8", threeStages + conv(256, 256) + dense(2 * 2 * 256, 64) + dense(64, 100));
        checkParameters(
                hundred, "plain-cnn-9", threeStages + 2 * conv(256, 256) + dense(2 * 2 * 256, 512) + dense(512, 100));
        checkParameters(
                hundred, "plain-cnn-10", threeStages + 3 * conv(256, 256) + dense(2 * 2 * 256, 512) + dense(512, 100));
    }

    @Test
    void plainCnnsForTenClasses() {
        long c16x2 = conv(3, 16) + conv(16, 16);
        long c32x2 = conv(16, 32) + conv(32, 32);
        long c64x2 = conv(32, 64) + conv(64, 64);
        checkParameters(ten, "plain-cnn-2", conv(3, 16) + conv(16, 16) + dense(8 * 8 * 16, 10));
        checkParameters(ten, "plain-cnn-4", c16x2 + c32x2 + dense(8 * 8 * 32, 10));
        checkParameters(ten, "plain-cnn-6", c16x2 + c32x2 + c64x2 + dense(4 * 4 * 64, 10));
        checkParameters(
                ten,
                "plain-cnn-8",
                c16x2 + c32x2 + c64x2 + conv(64, 128) + conv(128, 128) + dense(2 * 2 * 128, 64) + dense(64, 10));
        long wide = conv(3, 32) + conv(32, 32) + conv(32, 64) + conv(64, 64) + conv(64, 128) + conv(128, 128);
        checkParameters(
                ten,
                "plain-cnn-10",
                wide + conv(128, 256) + 3 * conv(256, 256) + dense(2 * 2 * 256, 128) + dense(128, 10));
    }

    @Test
    void oddPlainCnnsAreAlikeForBothUpToTheClassifier() {
        Map.of("plain-cnn-3", 8 * 8 * 64, "plain-cnn-5", 8 * 8 * 128, "plain-cnn-7", 64, "plain-cnn-9", 512)
                .forEach((name, inputs) -> assertThat(hundred.get(name).parameters() - dense(inputs, 100))
                        .as(name)
                        .isEqualTo(ten.get(name).parameters() - dense(inputs, 10)));
    }

    @Test
    void resNets() {
        Map.of("resnet8", 1, "resnet14", 2, "resnet20", 3, "resnet32", 5, "resnet44", 7, "resnet56", 9, "resnet110", 18)
                .forEach((name, blocks) -> {
                    checkParameters(ten, name, resNet(blocks, 16, 16, 32, 64) + dense(64, 10));
                    checkParameters(hundred, name, resNet(blocks, 16, 16, 32, 64) + dense(64, 100));
                });
        checkParameters(hundred, "resnet8x4", resNet(1, 32, 64, 128, 256) + dense(256, 100));
        checkParameters(hundred, "resnet32x4", resNet(5, 32, 64, 128, 256) + dense(256, 100));
    }

    /** Without the shortcuts' parameters these are the networks of He et al., arXiv:1512.03385, table 6: .27, .46, .66, .85 and 1.7 million. */
    @Test
    void resNetsLessTheirShortcutsHaveThePublishedCounts() {
        assertThat(ten.get("resnet20").parameters() - SHORTCUTS).isEqualTo(269_722);
        assertThat(ten.get("resnet32").parameters() - SHORTCUTS).isBetween(455_000L, 464_999L);
        assertThat(ten.get("resnet44").parameters() - SHORTCUTS).isBetween(655_000L, 664_999L);
        // As counted in the published weights (akamaster/pytorch_resnet_cifar10).
        assertThat(ten.get("resnet56").parameters() - SHORTCUTS).isEqualTo(853_018);
        assertThat(ten.get("resnet110").parameters() - SHORTCUTS).isBetween(1_650_000L, 1_749_999L);
    }

    private static Map<String, ZooEntry> sizes(int classes) {
        return Zoo.names().stream()
                .filter(name -> name.matches("plain-cnn-.*|resnet(8|14|20|32|44|56|110|8x4|32x4)"))
                .collect(ImmutableMap.toImmutableMap(name -> name, name -> Zoo.measure(name, classes, CIFAR)));
    }

    private static void checkParameters(Map<String, ZooEntry> sizes, String name, long expected) {
        assertThat(sizes.get(name).parameters()).as(name).isEqualTo(expected);
    }

    /** Kernel, bias, gamma, beta. */
    private static long conv(long channels, long filters) {
        return 9 * channels * filters + 3 * filters;
    }

    private static long dense(long inputs, long units) {
        return inputs * units + units;
    }

    private static long resNet(int blocks, long stem, long... filters) {
        long sum = 9 * 3 * stem + 2 * stem;
        long channels = stem;
        for (long f : filters) {
            sum += 9 * channels * f + (2L * blocks - 1) * 9 * f * f + 2L * blocks * 2 * f;
            sum += channels == f ? 0 : channels * f + 2 * f;
            channels = f;
        }
        return sum;
    }
}
