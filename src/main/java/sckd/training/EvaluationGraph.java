package sckd.training;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.data.DeviceImages;
import sckd.data.LabelledImages;
import sckd.distillation.CrossEntropy;

/**
 * The ops that judge a classifier on a set of images.
 *
 * @param counts top-1 hits, top-5 hits, mean loss of one batch: {@code [3]}
 */
record EvaluationGraph(
        Operand<TInt32> indices, DeviceImages images, int size, int batchSize, Operand<TFloat32> counts) {
    private static final int BATCH = 250;

    /**
     * @param name unique in the graph
     * @param most images that the model takes at once; empty: any number
     * @param logits adds the model to pixels {@code [batch, height, width, channels]}, 0 to 255
     */
    static EvaluationGraph build(
            Ops tf, String name, LabelledImages images, OptionalInt most, UnaryOperator<Operand<TFloat32>> logits) {
        int batchSize = Math.min(BATCH, most.orElse(BATCH));
        Operand<TInt32> indices =
                tf.withName("indices").placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
        var device = DeviceImages.build(tf, name, images, List.of(), 0);
        var batch = device.buildBatch(tf, indices);
        var predicted = logits.apply(batch.pixels());
        int classes = Math.toIntExact(predicted.shape().get(1));
        var counts = tf.stack(List.of(
                buildHits(tf, predicted, batch.labels(), 1),
                buildHits(tf, predicted, batch.labels(), Math.min(5, classes)),
                CrossEntropy.build(tf, predicted, batch.labels())));
        return new EvaluationGraph(indices, device, images.size(), batchSize, counts);
    }

    /** Images whose label is among the k largest logits; of equal logits the lower class comes first, as in argmax. */
    private static Operand<TFloat32> buildHits(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels, int k) {
        var largest = tf.nn.topK(logits, tf.constant(k), TInt32.class).indices(); // [batch, k]
        var equal = tf.math.equal(largest, tf.expandDims(labels, tf.constant(1)));
        return tf.reduceSum(tf.dtypes.cast(equal, TFloat32.class), tf.constant(new int[] {0, 1}));
    }

    EvaluationResult run(Session session) {
        return run(session, judged -> {});
    }

    /**
     * Judges all images, the last short batch included.
     *
     * @param progress told after each batch how many images are judged
     */
    EvaluationResult run(Session session, IntConsumer progress) {
        int judged = 0;
        double hits1 = 0;
        double hits5 = 0;
        double loss = 0;
        var batches = batches();
        images.expect(batches);
        for (var batch : batches) {
            var runner = session.runner();
            try (var fed = images.feed(runner, indices, batch);
                    var result = runner.fetch(counts).run()) {
                var values = (TFloat32) result.get(0);
                hits1 += values.getFloat(0);
                hits5 += values.getFloat(1);
                loss += (double) values.getFloat(2) * batch.length;
            }
            judged += batch.length;
            progress.accept(judged);
        }
        return new EvaluationResult(hits1 / size, hits5 / size, loss / size, size);
    }

    private List<int[]> batches() {
        var batches = new ArrayList<int[]>();
        for (int from = 0; from < size; from += batchSize) {
            var batch = new int[Math.min(batchSize, size - from)];
            for (int i = 0; i < batch.length; i++) {
                batch[i] = from + i;
            }
            batches.add(batch);
        }
        return batches;
    }
}
