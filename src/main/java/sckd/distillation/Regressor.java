package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Brings a student's feature to the shape of a teacher's: convolution without bias, batch norm over the batch (ε = 1e-5), ReLU.
 *
 * <p>The convolution is 1×1 where the maps have one size, 3×3 with stride 2 and a pixel of zeros all around where the student's is twice as large,
 * transposed 4×4 with stride 2, cut by a pixel all around, where it is half as large. Batch norm keeps no moving averages: nothing ever
 * runs a regressor outside of training.
 *
 * @param feature {@code [batch, height, width, channels]} of the teacher
 * @param adapters kernel (He normal, from the seed), scale (ones) and offset (zeros)
 */
record Regressor(Operand<TFloat32> feature, List<Adapter> adapters) {
    /** How the student's map becomes as large as the teacher's. */
    private enum Resampling {
        SAME,
        HALVE,
        DOUBLE
    }

    /**
     * @param loss its name: prefix of the variables' names, and part of the seed, so that two losses start apart
     */
    static Regressor build(Ops tf, String loss, Knowledge knowledge, long seed) {
        var resampling = resampling(loss, knowledge);
        var student = FitNetsLoss.asMap(tf, knowledge.student());
        int from = channels(knowledge.student());
        int to = channels(knowledge.teacher());
        var name = loss + "/kernel";
        var kernel =
                switch (resampling) {
                    case SAME -> Adapter.buildHeNormal(tf, name, Shape.of(1, 1, from, to), from, seed);
                    case HALVE -> Adapter.buildHeNormal(tf, name, Shape.of(3, 3, from, to), 9 * from, seed);
                    // Each pixel of the result gathers 2×2 of the 4×4 taps. A transposed kernel is [h, w, to, from].
                    case DOUBLE -> Adapter.buildHeNormal(tf, name, Shape.of(4, 4, to, from), 4 * from, seed);
                };
        var scale = Adapter.buildConstant(tf, loss + "/scale", to, 1);
        var offset = Adapter.buildConstant(tf, loss + "/offset", to, 0);
        var convolved = buildConvolution(tf, student, kernel.variable().value(), resampling);
        var normalised = ChannelNorm.buildOverBatch(
                tf, convolved, scale.variable().value(), offset.variable().value());
        return new Regressor(tf.nn.relu(normalised.y()), List.of(kernel, scale, offset));
    }

    private static Operand<TFloat32> buildConvolution(
            Ops tf, Operand<TFloat32> student, Operand<TFloat32> kernel, Resampling resampling) {
        return switch (resampling) {
            case SAME -> tf.nn.conv2d(student, kernel, List.of(1L, 1L, 1L, 1L), "SAME");
            case HALVE -> {
                // TensorFlow's SAME would pad below and to the right alone, and look a pixel beside the teacher's
                // place.
                var around = tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}});
                yield tf.nn.conv2d(tf.pad(student, around, tf.constant(0f)), kernel, List.of(1L, 2L, 2L, 1L), "VALID");
            }
            case DOUBLE -> {
                var size = student.shape();
                var batch = tf.gather(tf.shape(student), tf.constant(0), tf.constant(0));
                var shape = tf.stack(List.of(
                        batch,
                        tf.constant((int) (2 * size.get(1))),
                        tf.constant((int) (2 * size.get(2))),
                        tf.constant((int) kernel.shape().get(2))));
                // The gradient of a convolution in its input is the transposed convolution.
                yield tf.nn.conv2dBackpropInput(shape, kernel, student, List.of(1L, 2L, 2L, 1L), "SAME");
            }
        };
    }

    private static Resampling resampling(String loss, Knowledge knowledge) {
        var student = knowledge.student().shape();
        var teacher = knowledge.teacher().shape();
        int rank = teacher.numDimensions();
        if (student.numDimensions() == rank
                && rank >= 2
                && rank <= 4
                && KnowledgeShapes.known(student)
                && KnowledgeShapes.known(teacher)) {
            if (hasSize(student, teacher, 1, 1)) {
                return Resampling.SAME;
            }
            if (rank == 4 && hasSize(student, teacher, 1, 2)) {
                return Resampling.HALVE;
            }
            if (rank == 4 && hasSize(student, teacher, 2, 1)) {
                return Resampling.DOUBLE;
            }
        }
        throw KnowledgeShapes.misfit(
                loss,
                "feature",
                knowledge,
                "two vectors, two rows of as many tokens, or two maps of which the student's has the teacher's height and width,"
                        + " twice or half of them:"
                        + " choose such layers");
    }

    /** Whether {@code student · factor = teacher · teacherFactor} in height and width; a vector has neither, tokens have their number. */
    private static boolean hasSize(Shape student, Shape teacher, int factor, int teacherFactor) {
        for (int i = 1; i < teacher.numDimensions() - 1; i++) {
            if (student.get(i) * factor != teacher.get(i) * teacherFactor) {
                return false;
            }
        }
        return true;
    }

    private static int channels(Operand<TFloat32> feature) {
        return (int) feature.shape().get(feature.shape().numDimensions() - 1);
    }
}
