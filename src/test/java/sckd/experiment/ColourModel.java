package sckd.experiment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.savedmodel.GraphSignature;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.SavedModelWriter;
import sckd.savedmodel.SavedVariable;

/**
 * A classifier of images of one colour that is right about nearly all where it is given them as it wants: the class is the nearest of ten colours.
 * The k-th class of the data set is its output {@code outputs[k]}.
 *
 * @param scale and {@code offset}: it wants pixels of {@code pixel · scale − offset}
 * @param isBgr wants blue first
 * @param isFlatNchw wants a vector in the order of NCHW
 */
record ColourModel(double scale, double offset, boolean isBgr, boolean isFlatNchw, int... outputs) {
    static final int[] IN_ORDER = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    private static final int SIDE = 4;
    private static final int[][] COLOURS = {
        {230, 40, 60}, {20, 180, 90}, {60, 20, 140}, {250, 200, 30}, {120, 120, 240},
        {10, 60, 20}, {200, 90, 180}, {90, 230, 200}, {140, 70, 10}, {240, 240, 220}
    };

    /** Writes as many images of each class as {@code .npz}. */
    static Path writeImages(Path file, int train, int test) throws IOException {
        var arrays = new TreeMap<String, byte[]>();
        arrays.putAll(arrays("train", train, new Random(1)));
        arrays.putAll(arrays("test", test, new Random(2)));
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
            }
        }
        return Files.write(file, bytes.toByteArray());
    }

    private static Map<String, byte[]> arrays(String part, int count, Random random) {
        var pixels = new byte[count * SIDE * SIDE * 3];
        var labels = new byte[count];
        for (int n = 0; n < count; n++) {
            labels[n] = (byte) (n % COLOURS.length);
            for (int i = 0; i < SIDE * SIDE * 3; i++) {
                int value = COLOURS[labels[n]][i % 3] + random.nextInt(41) - 20;
                pixels[n * SIDE * SIDE * 3 + i] = (byte) Math.max(0, Math.min(255, value));
            }
        }
        return Map.of(
                "x_" + part, npy("(%d, %d, %d, 3)".formatted(count, SIDE, SIDE), pixels),
                "y_" + part, npy("(%d,)".formatted(count), labels));
    }

    private static byte[] npy(String shape, byte[] items) {
        var header = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
        var bytes = new ByteArrayOutputStream();
        bytes.write(0x93);
        bytes.writeBytes("NUMPY".getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(new byte[] {1, 0, (byte) header.length(), 0});
        bytes.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(items);
        return bytes.toByteArray();
    }

    Path write(Path directory) {
        return write(directory, ModelCard.EMPTY);
    }

    Path write(Path directory, ModelCard card) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var shape = isFlatNchw ? Shape.of(-1, SIDE * SIDE * 3) : Shape.of(-1, SIDE, SIDE, 3);
            Operand<TFloat32> images = tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(shape));
            var pixels = tf.reshape(
                    images, tf.constant(isFlatNchw ? new int[] {-1, 3, SIDE * SIDE} : new int[] {-1, SIDE * SIDE, 3}));
            var colour = tf.math.mean(pixels, tf.constant(isFlatNchw ? 2 : 1)); // [batch, 3]
            var kernel = new float[3][COLOURS.length];
            var bias = new float[COLOURS.length];
            for (int k = 0; k < COLOURS.length; k++) {
                for (int c = 0; c < 3; c++) {
                    double wanted = COLOURS[k][isBgr ? 2 - c : c] * scale - offset;
                    kernel[c][outputs[k]] = (float) (2 * wanted);
                    bias[outputs[k]] -= (float) (wanted * wanted);
                }
            }
            var variable = SavedVariable.build(tf, "bias", Shape.of(COLOURS.length), true, () -> bias);
            var logits = tf.math.add(
                    tf.linalg.matMul(colour, tf.constant(kernel)),
                    variable.variable().value());
            var signature = new GraphSignature(Map.of("images", images), Map.of("logits", logits));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(graph, List.of(variable), Map.of("serving_default", signature), card),
                    directory);
        }
        return directory;
    }
}
