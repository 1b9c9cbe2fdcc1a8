package sckd.training;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;
import sckd.data.DeviceImages;
import sckd.data.LabelledImages;
import sckd.distillation.CrossEntropy;

/**
 * The ops that judge a classifier on a set of images.
 *
 * @param counts top-1 hits, top-5 hits, mean loss of one batch: {@code [3]}
 * @param predicted the class of the largest logit, {@code [batch]}; of equal ones the lower
 */
record EvaluationGraph(
        Operand<TInt32> indices,
        DeviceImages images,
        int size,
        int batchSize,
        Operand<TFloat32> counts,
        Operand<TInt32> predicted) {
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
        var answers = logits.apply(batch.pixels());
        int classes = Math.toIntExact(answers.shape().get(1));
        var counts = tf.stack(List.of(
                buildHits(tf, answers, batch.labels(), 1),
                buildHits(tf, answers, batch.labels(), Math.min(5, classes)),
                CrossEntropy.build(tf, answers, batch.labels())));
        var predicted = tf.math.argMax(answers, tf.constant(1), TInt32.class);
        return new EvaluationGraph(indices, device, images.size(), batchSize, counts, predicted);
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
        var sums = new double[3];
        forEachBatch(session, counts, progress, (batch, values) -> {
            sums[0] += values.getFloat(0);
            sums[1] += values.getFloat(1);
            sums[2] += (double) values.getFloat(2) * batch.length;
        });
        return new EvaluationResult(sums[0] / size, sums[1] / size, sums[2] / size, size);
    }

    /** The class predicted for each image, in their order. */
    int[] predict(Session session) {
        var all = IntBuffer.allocate(size);
        forEachBatch(session, predicted, judged -> {}, (batch, values) -> {
            for (int i = 0; i < batch.length; i++) {
                all.put(values.getInt(i));
            }
        });
        return all.array();
    }

    /** Runs all batches in the order of the images, the last short one included. */
    private <T extends TType> void forEachBatch(
            Session session, Operand<T> fetched, IntConsumer progress, BiConsumer<int[], T> take) {
        int judged = 0;
        var batches = batches();
        images.expect(batches);
        for (var batch : batches) {
            var runner = session.runner();
            try (var fed = images.feed(runner, indices, batch);
                    var result = runner.fetch(fetched).run()) {
                take.accept(batch, fetched.type().cast(result.get(0)));
            }
            judged += batch.length;
            progress.accept(judged);
        }
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
