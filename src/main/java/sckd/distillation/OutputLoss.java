package sckd.distillation;

import org.tensorflow.op.Ops;

/**
 * Output knowledge: the soft-target loss of Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015,
 * arXiv:1503.02531.
 *
 * <p>With {@code q = softmax(teacherLogits / T)} and {@code p = softmax(studentLogits / T)}: {@code T² · KL(q ‖ p)} in nats, summed over
 * classes, mean over the batch. T² keeps the gradient, {@code T · (p − q) / batch}, alike in size for every T. None flows to the teacher.
 *
 * @param temperature T, more than 0, without unit; 1 is the plain softmax
 */
public record OutputLoss(Temperature temperature) implements DistillationLoss {
    public OutputLoss {
        temperature.check();
    }

    /** T the same throughout. */
    public OutputLoss(float temperature) {
        this(Temperature.constant(temperature));
    }

    @Override
    public Source source() {
        return Source.LOGITS;
    }

    /** Both logits are {@code [batch, classes]}; the loss is 0 where the models agree up to a constant. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkLogits(name, knowledge);
        var t = temperature.build(tf, knowledge);
        var teacherLogits = tf.stopGradient(knowledge.teacher());
        var logQ = tf.nn.logSoftmax(tf.math.div(teacherLogits, t)); // [batch, classes]
        var logP = tf.nn.logSoftmax(tf.math.div(knowledge.student(), t));
        var divergence =
                tf.reduceSum(tf.math.mul(tf.math.exp(logQ), tf.math.sub(logQ, logP)), tf.constant(1)); // [batch]
        var mean = tf.math.mean(divergence, tf.constant(0));
        return LossOutput.of(tf.math.mul(temperature.buildSquare(tf, knowledge), mean));
    }
}
