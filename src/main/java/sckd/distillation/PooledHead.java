package sckd.distillation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The simplest head, a linear probe: the mean over all places of a map or over all tokens, then one dense layer. */
public record PooledHead() implements Head {
    /** The layer is of maps {@code [batch, height, width, channels]}, tokens {@code [batch, tokens, channels]} or vectors {@code [batch, channels]}. */
    @Override
    public Tensors build(Ops tf, HeadLayers layers, Operand<TFloat32> feature, int classes) {
        int rank = feature.shape().numDimensions();
        if (rank < 2 || rank > 4 || feature.shape().get(rank - 1) < 1) {
            throw layers.misfit(feature, "maps, tokens or vectors of known channels: choose another layer");
        }
        var pooled = rank == 2 ? feature : tf.math.mean(feature, tf.constant(rank == 3 ? new int[] {1} : MAP));
        return new Tensors(pooled, layers.dense(tf, "classifier", pooled, classes));
    }

    /** The axes of a map. */
    static final int[] MAP = {1, 2};
}
