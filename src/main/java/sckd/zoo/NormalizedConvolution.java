package sckd.zoo;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What most networks are made of: a {@link Convolution}, then batch norm; of one kind in all of a network. */
record NormalizedConvolution(Convolution.Bias bias, Init init) {
    Operand<TFloat32> build(Ops tf, Layers layers, Operand<TFloat32> x, int size, int filters, int stride) {
        return layers.batchNorm(tf, layers.conv(tf, x, new Convolution(size, filters, stride, bias, init)));
    }

    /** With a ReLU behind it. */
    Operand<TFloat32> buildActivated(Ops tf, Layers layers, Operand<TFloat32> x, int size, int filters, int stride) {
        return tf.nn.relu(build(tf, layers, x, size, filters, stride));
    }
}
