package sckd.zoo;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network for a known number of classes. */
public interface Architecture {
    /**
     * What a network answers.
     *
     * @param logits {@code [batch, classes]}
     * @param features what distillation may want, by name, in the order in which they are computed
     */
    record Network(Operand<TFloat32> logits, Map<String, Operand<TFloat32>> features) {}

    /** The least height and width of an image at which every layer still has something to work on. */
    int smallestSide();

    /**
     * Adds the inference ops.
     *
     * @param layers makes the variables
     * @param images {@code [batch, height, width, channels]}, all known but the batch
     */
    Network build(Ops tf, Layers layers, Operand<TFloat32> images);
}
