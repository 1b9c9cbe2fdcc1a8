package sckd.distillation;

import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import sckd.UserException;

/** Refuses tensors that do not fit: TensorFlow would broadcast some of them into a wrong loss that still falls. */
public final class KnowledgeShapes {
    private KnowledgeShapes() {}

    /** Both logits must be {@code [batch, classes]} with the same classes. */
    public static void checkLogits(String loss, Knowledge knowledge) {
        if (knowledge.student().shape().numDimensions() != 2 || !same(knowledge)) {
            throw misfit(
                    loss,
                    "logits",
                    knowledge,
                    "the same [batch, classes]: use a teacher and a student for the same classes");
        }
    }

    /** Both features must have the same known sizes beside the batch. */
    public static void checkSameFeatures(String loss, Knowledge knowledge) {
        if (!same(knowledge)) {
            throw misfit(
                    loss, "feature", knowledge, "the same shape: choose layers of the same shape, or the kind fitnets");
        }
    }

    /** Both features must have known sizes beside the batch, whatever they are. */
    public static void checkKnown(String loss, Knowledge knowledge) {
        if (!known(knowledge.student().shape()) || !known(knowledge.teacher().shape())) {
            throw misfit(loss, "feature", knowledge, "known sizes beside the batch: choose other layers");
        }
    }

    /** To be thrown where the tensors do not fit: names both and both shapes. */
    public static UserException misfit(String loss, String kind, Knowledge knowledge, String expected) {
        return new UserException("loss '" + loss + "': " + describe("student " + kind, knowledge.student()) + ", "
                + describe("teacher " + kind, knowledge.teacher()) + "; expected " + expected);
    }

    private static String describe(String what, Operand<?> tensor) {
        return what + " '" + tensor.op().name() + "' is " + describe(tensor);
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
    public static String describe(Operand<?> tensor) {
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
