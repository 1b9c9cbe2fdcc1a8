package sckd.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/** The kernel of a convolution with dilations, as that of a plain one. */
final class WideKernel {
    private static final AttrValue INT = Attributes.type(DataType.DT_INT32);

    private WideKernel() {}

    /** Between two of the kernel's pixels come d − 1 zeros: each gets a block of its own, and what follows the last one is cut off. */
    static TensorName write(NodeWriter at, Shape kernel) {
        int height = (int) kernel.get(0);
        int width = (int) kernel.get(1);
        int down = DilatedConvolutions.dilation(at, 0);
        int across = DilatedConvolutions.dilation(at, 1);
        int in = (int) kernel.get(2);
        int out = (int) kernel.get(3);
        var apart = at.reshape("apart", at.input(1), at.ints("apart.shape", height, 1, width, 1, in, out));
        int[] holes = {0, 0, 0, down - 1, 0, 0, 0, across - 1, 0, 0, 0, 0};
        var padded = at.op("Pad")
                .type(at.type())
                .attribute("Tpaddings", INT)
                .input(apart)
                .input(at.constant("holes", Attributes.ints(holes, 2)))
                .as("with_holes");
        var joined = at.reshape("joined", padded, at.ints("joined.shape", height * down, width * across, in, out));
        return at.op("Slice")
                .type(at.type())
                .attribute("Index", INT)
                .input(joined)
                .input(at.ints("from", 0, 0, 0, 0))
                .input(at.ints("size", (height - 1) * down + 1, (width - 1) * across + 1, in, out))
                .as("wide");
    }
}
