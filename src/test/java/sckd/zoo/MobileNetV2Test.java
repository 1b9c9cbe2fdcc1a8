package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.zoo.ReferenceLayers.*;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MobileNetV2Test {
    /** Stage, expansion, filters, blocks, stride for CIFAR and for ImageNet. */
    private static final int[][] RUNS = {
        {1, 1, 16, 1, 1, 1},
        {1, 6, 24, 2, 1, 2},
        {2, 6, 32, 3, 2, 2},
        {3, 6, 64, 4, 2, 2},
        {3, 6, 96, 3, 1, 1},
        {4, 6, 160, 3, 2, 2},
        {4, 6, 320, 1, 1, 1}
    };

    @TempDir
    Path directory;

    @Test
    void featuresAreItsStemBlocksStagesHeadAndPooledVector() {
        var model = WrittenModel.of(directory, "mobilenet-v2", 32);
        assertThat(model.mainFeatures())
                .isEqualTo(Map.of(
                        "stem", "[?, 16, 16, 16]",
                        "stage1", "[?, 16, 16, 12]",
                        "stage2", "[?, 8, 8, 16]",
                        "stage3", "[?, 4, 4, 48]",
                        "stage4", "[?, 2, 2, 160]",
                        "head", "[?, 2, 2, 1280]",
                        "pooled", "[?, 1280]"));
        assertThat(model.features()).hasSize(7 + 17).containsEntry("stage3/block7", "[?, 4, 4, 48]");
    }

    @Test
    void formForImageNetIsReducedThirtyTwofold() {
        assertThat(WrittenModel.of(directory, "mobilenet-v2-imagenet", 64).mainFeatures())
                .containsEntry("stem", "[?, 32, 32, 32]")
                .containsEntry("stage1", "[?, 16, 16, 24]")
                .containsEntry("stage4", "[?, 2, 2, 320]");
    }

    @Test
    void formForCifarAgreesWithTheReference() {
        ForwardCheck.of("mobilenet-v2", 17, 3).run(directory, (layers, image) -> {
            var x = relu(layers.convAndNorm("stem", image, 3, 16, 2));
            int block = 0;
            for (int[] run : RUNS) {
                block = run[2] == 24 || run[2] == 96 || run[2] == 320 ? block : 0;
                for (int b = 0; b < run[3]; b++) {
                    var scope = "stage" + run[0] + "/block" + ++block;
                    int stride = b == 0 ? run[4] : 1;
                    var expanded = relu(layers.convAndNorm(scope + "/expand", x, 1, run[1] * x[0][0].length, 1));
                    var middle = relu(layers.depthwiseAndNorm(scope + "/depthwise", expanded, stride));
                    var projected = layers.convAndNorm(scope + "/project", middle, 1, run[2] / 2, 1);
                    x = b > 0 ? add(x, projected) : projected;
                }
            }
            return layers.dense("classifier", mean(relu(layers.convAndNorm("head", x, 1, 1280, 1))));
        });
    }

    /** At width ½ the filters are 16, 8, 16, 16, 32, 48, 80, 160: two neighbours of the same width, and no stride between the first two. */
    @Test
    void formForImageNetAgreesWithTheReference() {
        int[] filters = {8, 16, 16, 32, 48, 80, 160};
        ForwardCheck.of("mobilenet-v2-x0.5-imagenet", 33, 3).run(directory, (layers, image) -> {
            var x = relu6(layers.convAndNorm("stem", image, 3, 16, 2));
            int block = 0;
            for (int r = 0; r < RUNS.length; r++) {
                int[] run = RUNS[r];
                block = r == 0 || run[0] > RUNS[r - 1][0] ? 0 : block;
                for (int b = 0; b < run[3]; b++) {
                    var scope = "stage" + run[0] + "/block" + ++block;
                    var expanded =
                            r == 0 ? x : relu6(layers.convAndNorm(scope + "/expand", x, 1, 6 * x[0][0].length, 1));
                    var middle = relu6(layers.depthwiseAndNorm(scope + "/depthwise", expanded, b == 0 ? run[5] : 1));
                    var projected = layers.convAndNorm(scope + "/project", middle, 1, filters[r], 1);
                    x = b > 0 ? add(x, projected) : projected;
                }
            }
            return layers.dense("classifier", mean(relu6(layers.convAndNorm("head", x, 1, 1280, 1))));
        });
    }
}
