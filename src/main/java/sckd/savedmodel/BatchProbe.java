package sckd.savedmodel;

import java.util.List;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Runs a model that takes B images at once beside its rewriting that takes any number: on B + 1 random images, and their first and last B, it
 * must give what the model gives. That the shapes fit does not say so: a constant may have held another value for each image.
 */
final class BatchProbe {
    /** Of the largest logit: kernels may sum in another order for another batch. */
    private static final double TOLERANCE = 1e-4;

    /** Numbers in all images, above which nothing is run: a quarter of a gigabyte. */
    private static final long MOST_NUMBERS = 1L << 26;

    /** For a size that the input leaves open. */
    private static final int ANY_SIZE = 32;

    private BatchProbe() {}

    /** Whether they agree; a model that answers the same images in two ways, by chance, does not. */
    static boolean agree(ClassifierModel fixed, ClassifierModel rewritten) {
        int batch = fixed.fixedBatch().orElseThrow();
        var shape = shape(fixed.input(), batch + 1);
        if (shape.size() > MOST_NUMBERS) {
            return false;
        }
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = buildImages(tf, fixed.input(), shape);
            var first = buildRows(tf, images, 0, batch);
            var last = buildRows(tf, images, 1, batch);
            var all = buildLogits(tf, "all", rewritten, images);
            return isClose(session, buildRows(tf, all, 0, batch), buildLogits(tf, "first", fixed, first))
                    && isClose(session, buildRows(tf, all, 1, batch), buildLogits(tf, "last", fixed, last));
        } catch (TensorFlowException e) {
            return false; // the model as it is may still run: that is for its user to see
        }
    }

    private static Shape shape(ModelInput input, int count) {
        var sizes = input.shape().tail().prepend(count).asArray().clone();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sizes[i] >= 0 ? sizes[i] : ANY_SIZE;
        }
        return Shape.of(sizes);
    }

    private static Operand<TFloat32> buildImages(Ops tf, ModelInput input, Shape shape) {
        var values = new float[Math.toIntExact(shape.size())];
        var random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = input.takesPixels() ? random.nextInt(256) : (float) random.nextGaussian();
        }
        return tf.constant(shape, DataBuffers.of(values));
    }

    private static Operand<TFloat32> buildRows(Ops tf, Operand<TFloat32> tensor, int from, int count) {
        return tf.stridedSlice(tensor, tf.array(from), tf.array(from + count), tf.array(1));
    }

    private static Operand<TFloat32> buildLogits(Ops tf, String name, ClassifierModel model, Operand<TFloat32> images) {
        return ModelInstance.buildFrozen(tf, name, model, images, List.of()).logits();
    }

    /** So that a NaN is not close. */
    private static boolean isClose(Session session, Operand<TFloat32> actual, Operand<TFloat32> expected) {
        try (var result = session.runner().fetch(actual).fetch(expected).run()) {
            var found = ((TFloat32) result.get(0)).asRawTensor().data().asFloats();
            var wanted = ((TFloat32) result.get(1)).asRawTensor().data().asFloats();
            double largest = 0;
            double difference = 0;
            for (long i = 0; i < wanted.size(); i++) {
                largest = Math.max(largest, Math.abs(wanted.getFloat(i)));
                difference = Math.max(difference, Math.abs((double) found.getFloat(i) - wanted.getFloat(i)));
            }
            return difference <= TOLERANCE * largest;
        }
    }
}
