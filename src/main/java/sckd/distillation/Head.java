package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * An auxiliary classifier: what it makes of a layer of its model. A record holds its parameters; a new head is a new record.
 */
public interface Head {
    /**
     * Adds the head's ops, all of its variables through {@code layers}.
     *
     * @param feature of the layer that it stands on
     * @throws sckd.UserException if the feature's shape does not suit it: {@link HeadLayers#misfit} says how
     */
    Tensors build(Ops tf, HeadLayers layers, Operand<TFloat32> feature, int classes);

    /**
     * What it makes of a batch.
     *
     * @param feature {@code [batch, channels]}
     * @param logits {@code [batch, classes]}
     */
    record Tensors(Operand<TFloat32> feature, Operand<TFloat32> logits) {}
}
