package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.zoo.ReferenceLayers.*;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResNetTest {
    private static final int[] FILTERS = {64, 128, 256, 512};

    @TempDir
    Path directory;

    @Test
    void featuresAreItsStemBlocksStagesAndPooledVector() {
        var model = WrittenModel.of(directory, "resnet18", 32);
        assertThat(model.mainFeatures())
                .isEqualTo(Map.of(
                        "stem", "[?, 32, 32, 64]",
                        "stage1", "[?, 32, 32, 64]",
                        "stage2", "[?, 16, 16, 128]",
                        "stage3", "[?, 8, 8, 256]",
                        "stage4", "[?, 4, 4, 512]",
                        "pooled", "[?, 512]"));
        assertThat(model.features()).hasSize(6 + 8).containsEntry("stage4/block2", "[?, 4, 4, 512]");
    }

    @Test
    void stemForImageNetQuartersTheSize() {
        assertThat(WrittenModel.of(directory, "resnet18-imagenet", 64).mainFeatures())
                .containsEntry("stem", "[?, 32, 32, 64]")
                .containsEntry("stage1", "[?, 16, 16, 64]")
                .containsEntry("stage4", "[?, 2, 2, 512]");
    }

    @Test
    void basicBlocksAgreeWithTheReference() {
        ForwardCheck.of("resnet18", 9, 1).run(directory, (layers, image) -> {
            var x = relu(layers.convAndNorm("stem", image, 3, 64, 1));
            return basicStages(layers, x);
        });
    }

    @Test
    void stemForImageNetAgreesWithTheReference() {
        ForwardCheck.of("resnet18-imagenet", 33, 3).run(directory, (layers, image) -> {
            var x = relu(layers.convAndNorm("stem", image, 7, 64, 2));
            return basicStages(layers, maxPool3x3(x));
        });
    }

    @Test
    void bottlenecksAgreeWithTheReference() {
        ForwardCheck.of("resnet50", 8, 1).run(directory, (layers, image) -> {
            var x = relu(layers.convAndNorm("stem", image, 3, 64, 1));
            int[] blocks = {3, 4, 6, 3};
            for (int s = 1; s <= 4; s++) {
                for (int b = 1; b <= blocks[s - 1]; b++) {
                    var scope = "stage" + s + "/block" + b;
                    int f = FILTERS[s - 1];
                    int stride = s > 1 && b == 1 ? 2 : 1;
                    var narrow = relu(layers.convAndNorm(scope + "/conv1", x, 1, f, 1));
                    var middle = relu(layers.convAndNorm(scope + "/conv2", narrow, 3, f, stride));
                    var residual = layers.convAndNorm(scope + "/conv3", middle, 1, 4 * f, 1);
                    x = relu(add(residual, b == 1 ? layers.convAndNorm(scope + "/shortcut", x, 1, 4 * f, stride) : x));
                }
            }
            return layers.dense("classifier", mean(x));
        });
    }

    private static double[] basicStages(ReferenceLayers layers, double[][][] stem) {
        var x = stem;
        for (int s = 1; s <= 4; s++) {
            for (int b = 1; b <= 2; b++) {
                var scope = "stage" + s + "/block" + b;
                int f = FILTERS[s - 1];
                boolean shrinks = s > 1 && b == 1;
                var first = relu(layers.convAndNorm(scope + "/conv1", x, 3, f, shrinks ? 2 : 1));
                var residual = layers.convAndNorm(scope + "/conv2", first, 3, f, 1);
                x = relu(add(residual, shrinks ? layers.convAndNorm(scope + "/shortcut", x, 1, f, 2) : x));
            }
        }
        return layers.dense("classifier", mean(x));
    }
}
