package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Plain feature knowledge: {@code (f_s − f_t)²}, mean over all elements, the batch included. It is the hint loss of Romero et al., "FitNets: Hints for Thin
 * Deep Nets", 2015, arXiv:1412.6550, section 2.2, without its regressor and as a mean in place of half a sum; Zhu and Wang, "Student Customized Knowledge
 * Distillation", ICCV 2021, gate it as feature knowledge. No adapter: both features must have one shape.
 *
 * <p>Gradient {@code 2 (f_s − f_t) / elements}; none flows to the teacher.
 */
public record L2Loss() implements DistillationLoss {
    @Override
    public Source source() {
        return Source.FEATURE;
    }

    /** Both features are {@code [batch, …]} with the same known sizes; the loss is 0 where they are equal. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkSameFeatures(name, knowledge);
        return LossOutput.of(buildMeanSquare(tf, knowledge.student(), knowledge.teacher()));
    }

    /** Mean over all elements of the squared difference, scalar; no gradient to {@code teacherFeature}. */
    static Operand<TFloat32> buildMeanSquare(
            Ops tf, Operand<TFloat32> studentFeature, Operand<TFloat32> teacherFeature) {
        var square = tf.math.square(tf.math.sub(studentFeature, tf.stopGradient(teacherFeature)));
        return tf.math.mean(tf.reshape(square, tf.array(-1)), tf.constant(0));
    }
}
