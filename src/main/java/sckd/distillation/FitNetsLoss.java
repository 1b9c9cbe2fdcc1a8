package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Hint loss of Romero et al., "FitNets: Hints for Thin Deep Nets", 2015, arXiv:1412.6550, with the regressor that the CRD benchmark gives it:
 * {@code (relu(bn(conv(f_s))) − f_t)²}, mean over all elements, the batch included.
 *
 * <p>The {@link Regressor} trains with the student and is no part of it. No gradient flows to the teacher.
 */
public record FitNetsLoss() implements DistillationLoss {
    @Override
    public Source source() {
        return Source.FEATURE;
    }

    /**
     * Features are maps {@code [batch, height, width, channels]} of equal size or of twice or half the teacher's height and width; or both
     * vectors {@code [batch, channels]}, which are maps of one pixel; or both as many tokens {@code [batch, tokens, channels]}.
     */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        var regressor = Regressor.build(tf.withSubScope("regressor"), name, knowledge, seed);
        var loss = L2Loss.buildMeanSquare(tf, regressor.feature(), asMap(tf, knowledge.teacher()));
        return new LossOutput(loss, regressor.adapters(), List.of());
    }

    /** A vector as a map of one pixel, tokens as one of one column. */
    static Operand<TFloat32> asMap(Ops tf, Operand<TFloat32> feature) {
        return switch (feature.shape().numDimensions()) {
            case 2 -> tf.expandDims(tf.expandDims(feature, tf.constant(1)), tf.constant(1));
            case 3 -> tf.expandDims(feature, tf.constant(2));
            default -> feature;
        };
    }
}
