package sckd.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import sckd.data.ImageSet;

/** Against counting by hand: the pixels of an image, one for each class, are its logits. */
class EvaluationGraphTest {
    @Test
    void countsAndAveragesOverBatchesTheLastOfThemShort() {
        var random = new Random(7);
        check(random(random, 563, 12), 12);
    }

    @Test
    void ofEqualLogitsTheLowerClassComesFirst() {
        // eight classes; labels among equals: the first, the second, the fifth, the sixth of them
        byte[] pixels = {
            9, 9, 0, 0, 0, 0, 0, 0, //
            9, 9, 0, 0, 0, 0, 0, 0, //
            3, 3, 3, 3, 3, 3, 3, 3, //
            3, 3, 3, 3, 3, 3, 3, 3
        };
        var result = check(new ImageSet(pixels, new int[] {0, 1, 4, 5}, 1, 8, 1), 8);
        assertThat(result.top1()).isEqualTo(1 / 4.0);
        assertThat(result.top5()).isEqualTo(3 / 4.0);
    }

    @Test
    void ofFewerThanFiveClassesAllAreAmongTheFive() {
        var result = check(random(new Random(8), 40, 3), 3);
        assertThat(result.top5()).isEqualTo(1);
        assertThat(result.top1()).isLessThan(1);
    }

    @Test
    void hugeLogitsHaveAFiniteLoss() {
        var images = new ImageSet(new byte[] {(byte) 255, 0}, new int[] {1}, 1, 2, 1);
        assertThat(check(images, 2).loss()).isEqualTo(255);
    }

    private static ImageSet random(Random random, int count, int classes) {
        var pixels = new byte[count * classes];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(6); // few values: ties are many
        }
        return new ImageSet(pixels, random.ints(count, 0, classes).toArray(), 1, classes, 1);
    }

    private static EvaluationResult check(ImageSet images, int classes) {
        double top1 = 0;
        double top5 = 0;
        double loss = 0;
        for (int n = 0; n < images.size(); n++) {
            int label = images.labels()[n];
            int own = images.pixels()[n * classes + label] & 0xff;
            int before = 0;
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                int logit = images.pixels()[n * classes + c] & 0xff;
                before += logit > own || logit == own && c < label ? 1 : 0;
                sum += Math.exp(logit - own);
            }
            top1 += before < 1 ? 1 : 0;
            top5 += before < 5 ? 1 : 0;
            loss += Math.log(sum);
        }
        var result = run(images, classes);
        assertThat(result.images()).isEqualTo(images.size());
        assertThat(result.top1()).isEqualTo(top1 / images.size());
        assertThat(result.top5()).isEqualTo(top5 / images.size());
        assertThat(result.loss()).isCloseTo(loss / images.size(), within(1e-5));
        return result;
    }

    private static EvaluationResult run(ImageSet images, int classes) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var evaluation = EvaluationGraph.build(
                    tf,
                    "images",
                    images,
                    OptionalInt.empty(),
                    pixels -> tf.reshape(pixels, tf.constant(new int[] {-1, classes})));
            evaluation.images().load(session);
            return evaluation.run(session);
        }
    }
}
