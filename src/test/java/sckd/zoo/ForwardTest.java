package sckd.zoo;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole networks against plain double arithmetic, with random values in every variable, batch norm's as well. */
class ForwardTest {
    private static final int SIDE = 9; // odd: pools drop a row, strided convolutions end in one

    @TempDir
    Path directory;

    @Test
    void plainCnnAgreesWithTheReference() {
        ForwardCheck.of("plain-cnn-2", SIDE, 1).run(directory, (layers, image) -> {
            var first = ReferenceLayers.relu(layers.convAndNorm("stage1/conv1", image, 3, 16, 1));
            var second =
                    ReferenceLayers.relu(layers.convAndNorm("stage2/conv1", ReferenceLayers.maxPool(first), 3, 16, 1));
            return layers.dense("classifier", ReferenceLayers.flatten(ReferenceLayers.maxPool(second)));
        });
    }

    @Test
    void hiddenDenseLayerAgreesWithTheReference() {
        ForwardCheck.of("plain-cnn-8", 16, 3).run(directory, (layers, image) -> {
            var x = image;
            int[] filters = {16, 32, 64, 128};
            for (int s = 1; s <= 4; s++) {
                for (int c = 1; c <= 2; c++) {
                    var scope = "stage" + s + "/conv" + c;
                    x = ReferenceLayers.relu(layers.convAndNorm(scope, x, 3, filters[s - 1], 1));
                }
                x = ReferenceLayers.maxPool(x);
            }
            var hidden = layers.dense("dense1", ReferenceLayers.flatten(x));
            for (int u = 0; u < hidden.length; u++) {
                hidden[u] = Math.max(hidden[u], 0);
            }
            return layers.dense("classifier", hidden);
        });
    }

    @Test
    void resNetAgreesWithTheReference() {
        ForwardCheck.of("resnet8", SIDE, 3).run(directory, (layers, image) -> {
            var x = ReferenceLayers.relu(layers.convAndNorm("stem", image, 3, 16, 1));
            int[] filters = {16, 32, 64};
            for (int s = 1; s <= 3; s++) {
                var block = "stage" + s + "/block1";
                int stride = s == 1 ? 1 : 2;
                var first = ReferenceLayers.relu(layers.convAndNorm(block + "/conv1", x, 3, filters[s - 1], stride));
                var residual = layers.convAndNorm(block + "/conv2", first, 3, filters[s - 1], 1);
                var shortcut = s == 1 ? x : layers.convAndNorm(block + "/shortcut", x, 1, filters[s - 1], stride);
                x = ReferenceLayers.relu(ReferenceLayers.add(residual, shortcut));
            }
            return layers.dense("classifier", ReferenceLayers.mean(x));
        });
    }
}
