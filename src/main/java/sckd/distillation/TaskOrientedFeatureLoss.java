package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The feature loss of TOFD (Zhang et al. 2020, "Task-Oriented Feature Distillation", NeurIPS) as its code has it: {@code distance · ‖W f_s − f_t‖₂ + orthogonality ·
 * (‖W Wᵀ − I‖_F + ‖Wᵀ W − I‖_F)}. The first norm is that of the whole batch as one vector and is not squared. W is a matrix that trains with the student and is no
 * part of it. No gradient flows to the teacher.
 *
 * @param distance and {@code orthogonality}: at least 0
 */
public record TaskOrientedFeatureLoss(float distance, float orthogonality) implements DistillationLoss {
    /** Of a squared norm that counts as zero: the root has no gradient there. */
    private static final float TINY = 1e-24f;

    public TaskOrientedFeatureLoss {
        Parameters.checkAtLeast0("distance", distance);
        Parameters.checkAtLeast0("orthogonality", orthogonality);
    }

    @Override
    public Source source() {
        return Source.FEATURE;
    }

    /** Both features are vectors {@code [batch, channels]} of known channels, which may differ. */
    @Override
    public LossOutput build(Ops tf, String name, Knowledge knowledge, long seed) {
        var student = knowledge.student().shape();
        var teacher = knowledge.teacher().shape();
        if (!isVector(student) || !isVector(teacher)) {
            throw KnowledgeShapes.misfit(
                    name, "feature", knowledge, "vectors [batch, channels]: choose pooled features");
        }
        int inputs = Math.toIntExact(student.get(1));
        var matrix = Adapter.buildHeNormal(tf, name + "/kernel", Shape.of(inputs, teacher.get(1)), inputs, seed);
        var kernel = matrix.variable().value();
        var mapped = tf.linalg.matMul(knowledge.student(), kernel);
        var apart = buildNorm(tf, tf.math.sub(mapped, tf.stopGradient(knowledge.teacher())));
        var skew = tf.math.add(
                buildNorm(tf, buildFromIdentity(tf, kernel, MatMul.transposeB(true), inputs)),
                buildNorm(tf, buildFromIdentity(tf, kernel, MatMul.transposeA(true), (int) teacher.get(1))));
        var loss =
                tf.math.add(tf.math.mul(tf.constant(distance), apart), tf.math.mul(tf.constant(orthogonality), skew));
        return new LossOutput(loss, List.of(matrix), List.of());
    }

    private static boolean isVector(Shape shape) {
        return shape.numDimensions() == 2 && shape.get(1) > 0;
    }

    private static Operand<TFloat32> buildFromIdentity(
            Ops tf, Operand<TFloat32> kernel, MatMul.Options transpose, int size) {
        var ones = tf.fill(tf.constant(new int[] {size}), tf.constant(1f));
        return tf.math.sub(tf.linalg.matMul(kernel, kernel, transpose), tf.linalg.tensorDiag(ones));
    }

    /** Of all elements as one vector, not squared. */
    private static Operand<TFloat32> buildNorm(Ops tf, Operand<TFloat32> values) {
        var squared = tf.reduceSum(tf.reshape(tf.math.square(values), tf.array(-1)), tf.constant(0));
        return tf.math.sqrt(tf.math.maximum(squared, tf.constant(TINY)));
    }
}
