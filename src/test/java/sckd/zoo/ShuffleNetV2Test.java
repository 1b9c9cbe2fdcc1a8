package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.zoo.ReferenceLayers.*;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShuffleNetV2Test {
    @TempDir
    Path directory;

    @Test
    void featuresAreItsStemBlocksStagesHeadAndPooledVector() {
        var model = WrittenModel.of(directory, "shufflenet-v2", 32);
        assertThat(model.mainFeatures())
                .isEqualTo(Map.of(
                        "stem", "[?, 32, 32, 24]",
                        "stage1", "[?, 16, 16, 116]",
                        "stage2", "[?, 8, 8, 232]",
                        "stage3", "[?, 4, 4, 464]",
                        "head", "[?, 4, 4, 1024]",
                        "pooled", "[?, 1024]"));
        assertThat(model.features()).hasSize(6 + 16).containsEntry("stage2/block8", "[?, 8, 8, 232]");
    }

    @Test
    void formForCifarAgreesWithTheReference() {
        ForwardCheck.of("shufflenet-v2", 9, 3).run(directory, (layers, image) -> {
            var x = relu(layers.convAndNorm("stem", image, 1, 24, 1));
            return stages(layers, x, new int[] {116, 232, 464});
        });
    }

    @Test
    void formForImageNetAgreesWithTheReference() {
        ForwardCheck.of("shufflenet-v2-x0.5-imagenet", 33, 3).run(directory, (layers, image) -> {
            var x = maxPool3x3(relu(layers.convAndNorm("stem", image, 3, 24, 2)));
            return stages(layers, x, new int[] {48, 96, 192});
        });
    }

    private static double[] stages(ReferenceLayers layers, double[][][] stem, int[] filters) {
        var x = stem;
        int[] blocks = {4, 8, 4};
        for (int s = 1; s <= 3; s++) {
            for (int b = 1; b <= blocks[s - 1]; b++) {
                var scope = "stage" + s + "/block" + b;
                int half = filters[s - 1] / 2;
                var left = b == 1 ? left(layers, scope + "/left", x, half) : slice(x, 0, half);
                var first =
                        relu(layers.convAndNorm(scope + "/right/conv1", b == 1 ? x : slice(x, half, half), 1, half, 1));
                var middle = layers.depthwiseAndNorm(scope + "/right/depthwise", first, b == 1 ? 2 : 1);
                var right = relu(layers.convAndNorm(scope + "/right/conv2", middle, 1, half, 1));
                x = shuffle(concat(left, right), 2);
            }
        }
        return layers.dense("classifier", mean(relu(layers.convAndNorm("head", x, 1, 1024, 1))));
    }

    private static double[][][] left(ReferenceLayers layers, String scope, double[][][] x, int filters) {
        return relu(layers.convAndNorm(
                scope + "/conv", layers.depthwiseAndNorm(scope + "/depthwise", x, 2), 1, filters, 1));
    }
}
