package sckd.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.GraphSignature;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.SavedModelWriter;
import sckd.savedmodel.SavedVariable;

/**
 * The parameters of a small classifier of 2×2 grey images: {@code hidden = relu(x·W1 + b1)}, {@code logits = hidden·W2 + b2}.
 *
 * @param values W1 {@code [4, 3]}, b1 {@code [3]}, W2 {@code [3, 3]}, b2 {@code [3]}, row by row
 */
record TwoLayers(double[][] values) {
    static final int INPUTS = 4;
    static final int HIDDEN = 3;
    static final int CLASSES = 3;
    static final List<String> NAMES = List.of("hidden/kernel", "hidden/bias", "classifier/kernel", "classifier/bias");
    /** {@code x = (pixel / 255 − 0.5) / 0.25}. */
    static final Normalization INPUT = new Normalization(List.of(.5f), List.of(.25f));

    /** Sixteenths from −1 to 1, which float32 holds exactly. */
    static TwoLayers random(long seed) {
        var random = new Random(seed);
        int[] sizes = {INPUTS * HIDDEN, HIDDEN, HIDDEN * CLASSES, CLASSES};
        var values = new double[sizes.length][];
        for (int v = 0; v < sizes.length; v++) {
            values[v] = random.ints(sizes[v], -16, 17)
                    .mapToDouble(value -> value / 16.0)
                    .toArray();
        }
        return new TwoLayers(values);
    }

    /** Some of the images as {@link #INPUT} scales them, {@code [samples, 4]}. */
    static double[][] normalised(byte[] pixels, int[] samples) {
        var images = new double[samples.length][INPUTS];
        for (int n = 0; n < samples.length; n++) {
            for (int i = 0; i < INPUTS; i++) {
                images[n][i] = ((pixels[samples[n] * INPUTS + i] & 0xff) / 255.0 - .5) / .25;
            }
        }
        return images;
    }

    /** As a SavedModel, read. */
    NamedModel write(String name, Path directory) {
        return write(name, directory, true);
    }

    /** The same with variables that are not trainable. */
    NamedModel writeFrozen(String name, Path directory) {
        return write(name, directory, false);
    }

    private NamedModel write(String name, Path directory, boolean trainable) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            Operand<TFloat32> images =
                    tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 2, 1)));
            var variables = List.of(
                    variable(tf, 0, Shape.of(INPUTS, HIDDEN), trainable),
                    variable(tf, 1, Shape.of(HIDDEN), trainable),
                    variable(tf, 2, Shape.of(HIDDEN, CLASSES), trainable),
                    variable(tf, 3, Shape.of(CLASSES), trainable));
            var reads = variables.stream().map(each -> each.variable().value()).toList();
            var flat = tf.reshape(images, tf.constant(new int[] {-1, INPUTS}));
            var hidden = tf.nn.relu(tf.nn.biasAdd(tf.linalg.matMul(flat, reads.get(0)), reads.get(1)));
            var logits = tf.nn.biasAdd(tf.linalg.matMul(hidden, reads.get(2)), reads.get(3));
            Map<String, Operand<?>> inputs = Map.of("images", images);
            var signatures = Map.of(
                    "serving_default",
                    new GraphSignature(inputs, Map.of("logits", logits)),
                    "features",
                    new GraphSignature(inputs, Map.of("hidden", hidden)));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(graph, variables, signatures, ModelCard.EMPTY), directory);
        }
        return new NamedModel(name, ClassifierModel.read(directory), INPUT);
    }

    private SavedVariable variable(Ops tf, int index, Shape shape, boolean trainable) {
        Supplier<float[]> floats = () -> {
            var array = new float[values[index].length];
            for (int i = 0; i < array.length; i++) {
                array[i] = (float) values[index][i];
            }
            return array;
        };
        return SavedVariable.build(tf, NAMES.get(index), shape, trainable, floats);
    }
}
