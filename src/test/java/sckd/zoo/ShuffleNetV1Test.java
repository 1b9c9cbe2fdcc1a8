package sckd.zoo;

import static sckd.zoo.ReferenceLayers.*;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShuffleNetV1Test {
    @TempDir
    Path directory;

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
