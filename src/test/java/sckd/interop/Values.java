package sckd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Floats out of and into tensors, and how near they are. */
final class Values {
    private Values() {}

    static TFloat32 tensor(long[] shape, float[] values) {
        return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values, true, false));
    }

    static float[] read(TFloat32 tensor) {
        var values = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    /** Every value within {@code tolerance} of the largest that is expected. */
    static void checkClose(String what, float[] actual, float[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
            if (Float.isNaN(actual[i])) {
                difference = Double.NaN;
                break;
            }
        }
        assertThat(difference / Math.max(largest, Float.MIN_NORMAL))
                .as("%s: largest difference, of the largest value %s", what, largest)
                .isLessThanOrEqualTo(tolerance);
    }
}
