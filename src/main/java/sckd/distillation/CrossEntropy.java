package sckd.distillation;

import static sckd.distillation.KnowledgeShapes.describe;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.UserException;

/**
 * Cross-entropy with the labels, the main task: {@code −log softmax(logits)[label]} in nats, mean over the batch.
 *
 * <p>Gradient {@code (softmax(logits) − onehot(label)) / batch}. Written with log-softmax and a one-hot mask, as TensorFlow's fused sparse
 * form has no gradient outside Python.
 */
public final class CrossEntropy {
    private CrossEntropy() {}

    /**
     * @param logits {@code [batch, classes]}
     * @param labels class ids, {@code [batch]}; one outside 0 … classes − 1 makes the loss NaN, on every device, where a one-hot mask alone
     *     would count the sample as learned
     * @return scalar
     */
    public static Operand<TFloat32> build(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
        return tf.math.mean(buildEach(tf, logits, labels), tf.constant(0));
    }

    /** {@code [batch]} */
    private static Operand<TFloat32> buildEach(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
        if (logits.shape().numDimensions() != 2) {
            throw new UserException("logits '" + logits.op().name() + "' are " + describe(logits)
                    + "; expected [batch, classes]: name a layer that ends in class scores");
        }
        var classes = tf.gather(tf.shape(logits), tf.constant(1), tf.constant(0));
        var mask = tf.oneHot(labels, classes, tf.constant(1f), tf.constant(0f)); // [batch, classes]
        var logProbabilities = tf.nn.logSoftmax(logits);
        var likelihood = tf.reduceSum(tf.math.mul(mask, logProbabilities), tf.constant(1)); // [batch]
        var outside = tf.math.equal(tf.reduceMax(mask, tf.constant(1)), tf.constant(0f));
        var marks = tf.select(outside, tf.constant(Float.NaN), tf.constant(0f));
        return tf.math.sub(marks, likelihood);
    }

    /**
     * With two labels: {@code −(w · log p[label] + (1 − w) · log p[other])}, mean over the batch.
     *
     * @param others class ids, {@code [batch]}
     * @param weights w of {@code labels}, 0 to 1, {@code [batch]}
     * @return scalar
     */
    public static Operand<TFloat32> buildMixed(
            Ops tf,
            Operand<TFloat32> logits,
            Operand<TInt32> labels,
            Operand<TInt32> others,
            Operand<TFloat32> weights) {
        var own = tf.math.mul(weights, buildEach(tf, logits, labels));
        var other = tf.math.mul(tf.math.sub(tf.constant(1f), weights), buildEach(tf, logits, others));
        return tf.math.mean(tf.math.add(own, other), tf.constant(0));
    }
}
