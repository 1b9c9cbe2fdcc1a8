package sckd.distillation;

import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import sckd.UserException;

/** Refuses tensors that do not fit: TensorFlow would broadcast some of them into a wrong loss that still falls. */
final class KnowledgeShapes {
    private KnowledgeShapes() {}

    /** Both logits must be {@code [batch, classes]} with the same classes. */
    static void checkLogits(String loss, Knowledge knowledge) {
        check(
                loss,
                "logits",
                knowledge,
                knowledge.student().shape().numDimensions() == 2 && same(knowledge),
                "the same [batch, classes]: use a teacher and a student for the same classes");
    }

    /** Both features must have the same known sizes beside the batch. */
    static void checkSameFeatures(String loss, Knowledge knowledge) {
        check(
                loss,
                "feature",
                knowledge,
                same(knowledge),
                "the same shape: choose layers of the same shape, or the kind fitnets");
    }

    /** Throws, naming both tensors and both shapes, unless they {@code fit}. */
    static void check(String loss, String kind, Knowledge knowledge, boolean fit, String expected) {
        if (!fit) {
            throw new UserException("loss '" + loss + "': student " + kind + " '"
                    + knowledge.student().op().name() + "' is " + describe(knowledge.student()) + ", teacher " + kind
                    + " '" + knowledge.teacher().op().name() + "' is " + describe(knowledge.teacher())
                    + "; expected " + expected);
        }
    }

    /** Whether all sizes but the batch's are known and equal. */
    private static boolean same(Knowledge knowledge) {
        return known(knowledge.student().shape())
                && known(knowledge.teacher().shape())
                && knowledge
                        .student()
                        .shape()
                        .tail()
                        .equals(knowledge.teacher().shape().tail());
    }

    /** Whether the rank and all sizes but the batch's are known. */
    static boolean known(Shape shape) {
        return shape.numDimensions() >= 1 && !shape.tail().hasUnknownDimension();
    }

    /** Such as {@code [batch, 8, 8, 64]}, {@code ?} for an unknown size. */
    static String describe(Operand<?> tensor) {
        var shape = tensor.shape();
        if (shape.isUnknown()) {
            return "of unknown rank";
        }
        if (shape.numDimensions() == 0) {
            return "a scalar";
        }
        return LongStream.of(shape.tail().asArray())
                .mapToObj(size -> size < 0 ? ", ?" : ", " + size)
                .collect(Collectors.joining("", "[batch", "]"));
    }
}
