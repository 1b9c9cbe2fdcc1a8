package sckd.distillation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Makes maps {@code [batch, height, width, channels]} smaller. */
final class MapPooling {
    private MapPooling() {}

    /** The mean of windows of {@code factor × factor} that do not overlap. */
    static Operand<TFloat32> buildAverage(Ops tf, Operand<TFloat32> map, long factor) {
        var window = List.of(1L, factor, factor, 1L);
        return tf.nn.avgPool(map, window, window, "VALID");
    }

    /** One row for each sample, {@code [batch, values]}. */
    static Operand<TFloat32> buildFlat(Ops tf, Operand<TFloat32> feature) {
        return feature.shape().numDimensions() == 2
                ? feature
                : tf.reshape(
                        feature,
                        tf.constant(new long[] {-1, feature.shape().tail().size()}));
    }
}
