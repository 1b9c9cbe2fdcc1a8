package sckd.zoo;

import static sckd.zoo.ReferenceLayers.*;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VggTest {
    @TempDir
    Path directory;

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
