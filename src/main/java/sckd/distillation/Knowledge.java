package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a distillation loss compares.
 *
 * @param student logits {@code [batch, classes]}, or a feature, {@code [batch, height, width, channels]}, {@code [batch, tokens, channels]} or
 *     {@code [batch, channels]}
 * @param teacher the same kind of tensor of the teacher; no gradient flows into it
 * @param labels class ids, {@code [batch]}
 * @param progress epochs of the training with the one in progress, as a share of all: more than 0 to 1; scalar
 */
public record Knowledge(
        Operand<TFloat32> student, Operand<TFloat32> teacher, Operand<TInt32> labels, Operand<TFloat32> progress) {}
