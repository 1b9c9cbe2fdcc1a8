package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * Decoupled knowledge distillation (DKD) of Zhao et al. 2022, arXiv:2203.08679: {@code T² · (α · KL(b_t ‖ b_s) + β · KL(r_t ‖ r_s))}, summed over classes, mean
 * over the batch. At temperature T, b is the pair (probability of the label, of all others) and r the distribution over the other classes alone.
 *
 * <p>With α = 1 and β = 1 − (the teacher's probability of the label) it is {@link OutputLoss}. The warm-up that goes with it, a weight that rises from 0 over
 * the first epochs, is the gate {@code schedule}. No gradient flows to the teacher.
 *
 * @param target α, at least 0
 * @param others β, at least 0
 * @param temperature T, more than 0
 */
public record DecoupledLoss(float target, float others, float temperature) implements DistillationLoss {
    /** What a probability is at least, so that a sure teacher gives no infinity. */
    private static final float TINY = 1e-12f;
    /** Taken off the label's logit: exp of it is 0. */
    private static final float FAR = 1e4f;

    public DecoupledLoss {
        Parameters.checkAtLeast0("target", target);
        Parameters.checkAtLeast0("others", others);
        Parameters.checkAbove0("temperature", temperature);
    }

    @Override
    public Source source() {
        return Source.LOGITS;
    }

    /** Both logits are {@code [batch, classes]} of at least two classes. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkLogits(name, knowledge);
        int classes = Math.toIntExact(knowledge.student().shape().get(1));
        var label = tf.oneHot(knowledge.labels(), tf.constant(classes), tf.constant(1f), tf.constant(0f));
        var t = tf.constant(temperature);
        var student = tf.math.div(knowledge.student(), t);
        var teacher = tf.math.div(tf.stopGradient(knowledge.teacher()), t);
        var binary = buildDivergence(tf, buildPair(tf, teacher, label), buildPair(tf, student, label));
        var rest = buildDivergence(tf, buildOthers(tf, teacher, label), buildOthers(tf, student, label));
        var sum = tf.math.add(tf.math.mul(tf.constant(target), binary), tf.math.mul(tf.constant(others), rest));
        return LossOutput.of(tf.math.mul(tf.constant(temperature * temperature), sum));
    }

    /** Logarithms of the probabilities of the label and of the others together, {@code [batch, 2]}. */
    private static Operand<TFloat32> buildPair(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> label) {
        var probabilities = tf.nn.softmax(logits);
        var ofLabel = tf.reduceSum(tf.math.mul(probabilities, label), tf.constant(1));
        var ofOthers = tf.reduceSum(tf.math.mul(probabilities, tf.math.sub(tf.constant(1f), label)), tf.constant(1));
        var pair = tf.stack(List.of(ofLabel, ofOthers), Stack.axis(1L));
        return tf.math.log(tf.math.maximum(pair, tf.constant(TINY)));
    }

    /** Logarithms of the distribution over the other classes; far below all at the label. */
    private static Operand<TFloat32> buildOthers(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> label) {
        return tf.nn.logSoftmax(tf.math.sub(logits, tf.math.mul(tf.constant(FAR), label)));
    }

    /** {@code KL(q ‖ p)} of logarithms, summed over classes, mean over the batch. */
    private static Operand<TFloat32> buildDivergence(Ops tf, Operand<TFloat32> logQ, Operand<TFloat32> logP) {
        var terms = tf.math.mul(tf.math.exp(logQ), tf.math.sub(logQ, logP));
        return tf.math.mean(tf.reduceSum(terms, tf.constant(1)), tf.constant(0));
    }
}
