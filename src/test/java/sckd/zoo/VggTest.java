package sckd.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static sckd.zoo.ReferenceLayers.*;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VggTest {
    @TempDir
    Path directory;

    @Test
    void stagesEndBeforeTheirPools() {
        assertThat(WrittenModel.of(directory, "vgg8", 32).mainFeatures())
                .isEqualTo(Map.of(
                        "stage1", "[?, 32, 32, 64]",
                        "stage2", "[?, 16, 16, 128]",
                        "stage3", "[?, 8, 8, 256]",
                        "stage4", "[?, 4, 4, 512]",
                        "stage5", "[?, 4, 4, 512]",
                        "pooled", "[?, 512]"));
    }

    @Test
    void largerImagesHaveAFourthPool() {
        assertThat(WrittenModel.of(directory, "vgg8", 64).mainFeatures())
                .containsEntry("stage4", "[?, 8, 8, 512]")
                .containsEntry("stage5", "[?, 4, 4, 512]");
    }

    @Test
    void agreesWithTheReference() {
        ForwardCheck.of("vgg8", 9, 3).run(directory, (layers, image) -> {
            var x = image;
            int[] filters = {64, 128, 256, 512, 512};
            for (int s = 1; s <= 5; s++) {
                x = relu(layers.convAndNorm("stage" + s + "/conv1", x, 3, filters[s - 1], 1));
                x = s <= 3 ? maxPool(x) : x;
            }
            return layers.dense("classifier", mean(x));
        });
    }
}
