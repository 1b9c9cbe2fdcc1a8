package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.zoo.ReferenceLayers.*;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WideResNetTest {
    @TempDir
    Path directory;

    @Test
    void featuresAreItsBlocksStagesAndPooledVector() {
        var model = WrittenModel.of(directory, "wrn-10-2", 32);
        assertThat(model.features())
                .isEqualTo(Map.of(
                        "stem", "[?, 32, 32, 16]",
                        "stage1/block1", "[?, 32, 32, 32]",
                        "stage1", "[?, 32, 32, 32]",
                        "stage2/block1", "[?, 16, 16, 64]",
                        "stage2", "[?, 16, 16, 64]",
                        "stage3/block1", "[?, 8, 8, 128]",
                        "stage3", "[?, 8, 8, 128]",
                        "pooled", "[?, 128]"));
    }

    @Test
    void agreesWithTheReference() {
        // Width 1: the first stage's first block changes neither channels nor size, those of the others change both.
        ForwardCheck.of("wrn-16-1", 9, 3).run(directory, WideResNetTest::reference);
    }

    @Test
    void aWiderFirstBlockHasAShortcutThatIsActivated() {
        ForwardCheck.of("wrn-16-2", 6, 1).run(directory, WideResNetTest::reference);
    }

    private static double[] reference(ReferenceLayers layers, double[][][] image) {
        int width = layers.weights().get("activated/gamma").length / 64;
        var x = layers.conv("stem", image, 3, 16, 1);
        for (int s = 1; s <= 3; s++) {
            for (int b = 1; b <= 2; b++) {
                var scope = "stage" + s + "/block" + b;
                int filters = 8 * width << s;
                int stride = s > 1 && b == 1 ? 2 : 1;
                var activated = relu(layers.norm(scope + "/conv1", x));
                var first = layers.conv(scope + "/conv1", activated, 3, filters, stride);
                var residual = layers.conv(scope + "/conv2", relu(layers.norm(scope + "/conv2", first)), 3, filters, 1);
                boolean widens = b == 1 && (s > 1 || width > 1);
                x = add(residual, widens ? layers.conv(scope + "/shortcut", activated, 1, filters, stride) : x);
            }
        }
        return layers.dense("classifier", mean(relu(layers.norm("activated", x))));
    }
}
