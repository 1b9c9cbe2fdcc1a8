package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.zoo.ReferenceLayers.*;

import com.google.common.collect.Streams;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;

class ShuffleNetV1Test {
    @TempDir
    Path directory;

    @Test
    void featuresAreItsStemBlocksStagesAndPooledVector() {
        var model = WrittenModel.of(directory, "shufflenet-v1", 32);
        assertThat(model.mainFeatures())
                .isEqualTo(Map.of(
                        "stem", "[?, 32, 32, 24]",
                        "stage1", "[?, 16, 16, 240]",
                        "stage2", "[?, 8, 8, 480]",
                        "stage3", "[?, 4, 4, 960]",
                        "pooled", "[?, 960]"));
        assertThat(model.features()).hasSize(5 + 16).containsEntry("stage2/block8", "[?, 8, 8, 480]");
    }

    /** The gradient of a Conv2D with groups fails on a CPU without oneDNN. */
    @Test
    void noConvolutionHasGroupsOfItsOwn() {
        try (var graph = new Graph()) {
            ZooModel.build(graph, new ShuffleNetV1(Form.CIFAR, 10), List.of(32, 32, 3), 1);
            var convolutions = Streams.stream(graph.operations())
                    .filter(operation -> operation.type().equals("Conv2D"))
                    .toList();
            assertThat(convolutions).hasSize(1 + 3 * 32 - 2); // the first block's first one has one group
            for (var convolution : convolutions) {
                long channels = convolution.input(0).shape().get(3);
                assertThat(convolution.input(1).shape().get(2)).isEqualTo(channels);
            }
        }
    }

    @Test
    void formForCifarAgreesWithTheReference() {
        ForwardCheck.of("shufflenet-v1", 9, 3).run(directory, (layers, image) -> {
            var x = relu(layers.convAndNorm("stem", image, 1, 24, 1));
            // A quarter of what the block makes: (240 − 24) / 4, (480 − 240) / 4, (960 − 480) / 4.
            return stages(layers, x, new int[] {54, 60, 120}, true);
        });
    }

    @Test
    void formForImageNetAgreesWithTheReference() {
        ForwardCheck.of("shufflenet-v1-imagenet", 33, 3).run(directory, (layers, image) -> {
            var x = maxPool3x3(relu(layers.convAndNorm("stem", image, 3, 24, 2)));
            return stages(layers, x, new int[] {60, 120, 240}, false);
        });
    }

    private static double[] stages(ReferenceLayers layers, double[][][] stem, int[] firstNarrow, boolean reluInside) {
        var x = stem;
        int[] blocks = {4, 8, 4};
        for (int s = 1; s <= 3; s++) {
            int filters = 120 << s;
            for (int b = 1; b <= blocks[s - 1]; b++) {
                var scope = "stage" + s + "/block" + b;
                int groups = s == 1 && b == 1 ? 1 : 3;
                int narrow = b == 1 ? firstNarrow[s - 1] : filters / 4;
                var first = layers.conv(scope + "/conv1", x, 1, narrow, 1, groups);
                var shuffled = shuffle(relu(layers.norm(scope + "/conv1", first)), groups);
                var middle = layers.depthwiseAndNorm(scope + "/depthwise", shuffled, b == 1 ? 2 : 1);
                int made = b == 1 ? filters - x[0][0].length : filters;
                var second = layers.conv(scope + "/conv2", reluInside ? relu(middle) : middle, 1, made, 1, 3);
                var widened = layers.norm(scope + "/conv2", second);
                x = relu(b == 1 ? concat(widened, meanPool3x3(x)) : add(widened, x));
            }
        }
        return layers.dense("classifier", mean(x));
    }
}
