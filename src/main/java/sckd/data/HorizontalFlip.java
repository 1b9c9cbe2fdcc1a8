package sckd.data;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Mirrors the image left to right with probability one half. */
public record HorizontalFlip() implements PlaceAugmentation {
    @Override
    public int draws() {
        return 1;
    }

    @Override
    public PixelSource build(Ops tf, PixelSource source, Operand<TFloat32> draws) {
        var mirrored = tf.math.sub(tf.constant(source.width() - 1L), source.columns());
        var columns = tf.select(tf.math.less(draws, tf.constant(0.5f)), mirrored, source.columns());
        return source.moveTo(tf, source.rows(), columns);
    }
}
