package sckd.data;

import java.io.IOException;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import sckd.UserException;
import sckd.files.IoReason;
import sckd.graph.TensorFlowReason;

/**
 * Decodes images by TensorFlow's own ops and resizes a window of each by a triangle filter that widens where it shrinks, as {@code tf.image.resize} does with
 * {@code antialias}. May be used by many threads at once: each image is decoded in its caller's thread, so its bits depend on nothing else.
 */
final class ImageDecoder implements AutoCloseable {
    private final int channels;
    private final Graph graph = new Graph();
    private final Session session;
    private final Operand<TString> contents;
    private final Operand<TUint8> decoded;
    private final Operand<TUint8> image;
    private final Operand<TInt32> size;
    private final Operand<TFloat32> scale;
    private final Operand<TFloat32> translation;
    private final Operand<TUint8> resized;

    ImageDecoder(int channels) {
        this.channels = channels;
        var tf = Ops.create(graph);
        contents = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
        decoded = tf.image.decodeImage(
                contents, TUint8.class, DecodeImage.channels((long) channels), DecodeImage.expandAnimations(false));
        image = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, channels)));
        size = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(2)));
        scale = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2)));
        translation = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2)));
        var shown = tf.image.scaleAndTranslate(
                tf.expandDims(tf.dtypes.cast(image, TFloat32.class), tf.constant(0)),
                size,
                scale,
                translation,
                ScaleAndTranslate.kernelType("triangle"),
                ScaleAndTranslate.antialias(true));
        var bounded = tf.math.minimum(tf.math.maximum(tf.math.rint(shown), tf.constant(0f)), tf.constant(255f));
        resized = tf.dtypes.cast(bounded, TUint8.class);
        session = new Session(
                graph,
                ConfigProto.newBuilder()
                        .setInterOpParallelismThreads(-1) // in the caller's thread
                        .setIntraOpParallelismThreads(1)
                        .putDeviceCount("GPU", 0)
                        .build());
    }

    static ImageSize readSize(EncodedImage image, int channels) {
        try (var decoder = new ImageDecoder(channels);
                var pixels = decoder.decode(image)) {
            return new ImageSize(
                    (int) pixels.shape().get(0), (int) pixels.shape().get(1));
        }
    }

    /**
     * Writes the window of an image that {@code choice} names, in the frame's size, to {@code target}.
     *
     * @throws UserException if it cannot be read, or is not of the size that it must have
     */
    void read(EncodedImage encoded, ImageFrame frame, ImageWindow.Choice choice, byte[] target, int offset) {
        try (var pixels = decode(encoded)) {
            int height = (int) pixels.shape().get(0);
            int width = (int) pixels.shape().get(1);
            checkSize(encoded, frame, height, width);
            var window = choice.of(height, width);
            if (window.isWhole(height, width) && height == frame.height() && width == frame.width()) {
                copy(pixels, target, offset);
            } else {
                resize(pixels, frame, window, target, offset);
            }
        }
    }

    private static void checkSize(EncodedImage encoded, ImageFrame frame, int height, int width) {
        frame.fixed().ifPresent(first -> {
            if (height != frame.height() || width != frame.width()) {
                throw new UserException("%s: %sx%s; %s is %sx%s: set data.images.size, to which all are resized"
                        .formatted(encoded.where(), height, width, first, frame.height(), frame.width()));
            }
        });
    }

    private TUint8 decode(EncodedImage encoded) {
        try (var bytes = TString.tensorOfBytes(NdArrays.scalarOfObject(encoded.read()))) {
            var result = session.runner().feed(contents, bytes).fetch(decoded).run();
            return (TUint8) result.get(0); // closed by the caller; the result holds nothing else
        } catch (IOException e) {
            throw new UserException("%s: cannot be read: %s".formatted(encoded.where(), IoReason.of(e)), e);
        } catch (TensorFlowException | IllegalArgumentException e) {
            throw new UserException(
                    "%s: is no image that can be decoded (%s); expected a whole PNG, JPEG, BMP or GIF: mend it or take it out"
                            .formatted(encoded.where(), TensorFlowReason.of(e)),
                    e);
        }
    }

    private void resize(TUint8 pixels, ImageFrame frame, ImageWindow window, byte[] target, int offset) {
        float down = (float) (frame.height() / window.height());
        float right = (float) (frame.width() / window.width());
        try (var sizes = TInt32.vectorOf(frame.height(), frame.width());
                var scales = TFloat32.vectorOf(down, right);
                var shifts = TFloat32.vectorOf((float) (-window.top() * frame.height() / window.height()), (float)
                        (-window.left() * frame.width() / window.width()));
                var result = session.runner()
                        .feed(image, pixels)
                        .feed(size, sizes)
                        .feed(scale, scales)
                        .feed(translation, shifts)
                        .fetch(resized)
                        .run()) {
            copy((TUint8) result.get(0), target, offset);
        }
    }

    private void copy(TUint8 pixels, byte[] target, int offset) {
        pixels.asRawTensor().data().read(target, offset, Math.toIntExact(pixels.size()));
    }

    int channels() {
        return channels;
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
