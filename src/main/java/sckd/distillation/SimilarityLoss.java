package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Similarity-preserving distillation (SP) of Tung and Mori 2019, arXiv:1907.09682: with F the features of a batch as rows and G the matrix {@code F Fᵀ} with
 * each row divided by its length, {@code ‖G_s − G_t‖²_F / batch²}.
 *
 * <p>No adapter: shapes may differ. No gradient flows to the teacher.
 */
public record SimilarityLoss() implements DistillationLoss {
    @Override
    public Source source() {
        return Source.FEATURE;
    }

    /** Features are {@code [batch, …]} of known sizes. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        KnowledgeShapes.checkKnown(name, knowledge);
        var student = buildSimilarities(tf, knowledge.student());
        var teacher = tf.stopGradient(buildSimilarities(tf, knowledge.teacher()));
        return LossOutput.of(L2Loss.buildMeanSquare(tf, student, teacher));
    }

    /** G, {@code [batch, batch]}. */
    private static Operand<TFloat32> buildSimilarities(Ops tf, Operand<TFloat32> feature) {
        var rows = FeatureRows.build(tf, feature);
        return AttentionTransferLoss.buildNormalized(tf, tf.linalg.matMul(rows, rows, MatMul.transposeB(true)));
    }
}
