package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * Soft cross-entropy: {@code −Σ_c q_c log p_c} in nats, mean over the batch, with {@code q = softmax(teacherLogits / T)} and
 * {@code p = softmax(studentLogits / T)}. No T²: TOFD (Zhang et al. 2020, "Task-Oriented Feature Distillation") and self-distillation (Zhang et al. 2019,
 * "Be Your Own Teacher", arXiv:1905.08094) use it so.
 *
 * <p>Differs from {@link OutputLoss} at T = 1 by the teacher's entropy alone, which has no gradient. Gradient {@code (p − q) / (T · batch)}; none flows to
 * the teacher.
 *
 * @param temperature T, more than 0
 */
public record SoftCrossEntropyLoss(Temperature temperature) implements DistillationLoss {
    public SoftCrossEntropyLoss {
        temperature.check();
    }

    /** T the same throughout. */
    public SoftCrossEntropyLoss(float temperature) {
        this(Temperature.constant(temperature));
    }

    @Override
    public Source source() {
        return Source.LOGITS;
    }

    /** Both logits are {@code [batch, classes]}. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkLogits(name, knowledge);
        var t = temperature.build(tf, knowledge);
        var q = tf.nn.softmax(tf.math.div(tf.stopGradient(knowledge.teacher()), t));
        var logP = tf.nn.logSoftmax(tf.math.div(knowledge.student(), t));
        var likelihood = tf.reduceSum(tf.math.mul(q, logP), tf.constant(1)); // [batch]
        return LossOutput.of(tf.math.neg(tf.math.mean(likelihood, tf.constant(0))));
    }
}
