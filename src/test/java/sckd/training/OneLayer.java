package sckd.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.GraphSignature;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.SavedModelWriter;
import sckd.savedmodel.SavedVariable;

/**
 * A classifier of 2×2 grey images for tests, {@code x·W}, that may take a fixed number of them at once in a way that cannot be rewritten: it takes
 * them apart and puts them together again; unless a shape is all that fixes it.
 *
 * @param batch how many images, −1 for any number
 * @param units of the output; one of them is a sigmoid unit, several are a softmax
 * @param normalizes whether there is a batch norm over the pixels
 * @param isOnlyShaped whether a constant of a Reshape fixes the batch and nothing else
 */
record OneLayer(int batch, int units, boolean normalizes, boolean isOnlyShaped) {
    static final String KERNEL = "kernel";
    private static final int INPUTS = 4;

    OneLayer(int batch, int units, boolean normalizes) {
        this(batch, units, normalizes, false);
    }

    NamedModel write(String name, Path directory) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            Operand<TFloat32> images =
                    tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, 2, 2, 1)));
            var variables = new ArrayList<SavedVariable>();
            var normal = normalizes ? buildNorm(tf, images, variables) : images;
            var kernel = SavedVariable.build(tf, KERNEL, Shape.of(INPUTS, units), true, this::kernel);
            variables.add(kernel);
            var flat = tf.withName("flat")
                    .reshape(buildParts(tf, normal), tf.constant(new int[] {isOnlyShaped ? batch : -1, INPUTS}));
            var logits = tf.linalg.matMul(flat, kernel.variable().value());
            var output = units == 1 ? tf.math.sigmoid(logits) : tf.nn.softmax(logits);
            var signatures =
                    Map.of("serving_default", new GraphSignature(Map.of("images", images), Map.of("output", output)));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(graph, variables, signatures, ModelCard.EMPTY), directory);
        }
        return new NamedModel(name, ClassifierModel.read(directory), TwoLayers.INPUT);
    }

    /** Multiples of 1/8 from −1 to 1, row by row. */
    float[] kernel() {
        var random = new Random(7);
        var values = new float[INPUTS * units];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt(17) - 8) / 8f;
        }
        return values;
    }

    private Operand<TFloat32> buildParts(Ops tf, Operand<TFloat32> images) {
        if (batch < 0 || isOnlyShaped) {
            return images;
        }
        var parts = new ArrayList<Operand<TFloat32>>(
                tf.unstack(images, (long) batch, Unstack.axis(0L)).output());
        return tf.stack(parts);
    }

    private static Operand<TFloat32> buildNorm(Ops tf, Operand<TFloat32> images, List<SavedVariable> variables) {
        for (var name : List.of("gamma", "beta", "mean", "variance")) {
            float value = name.equals("gamma") || name.equals("variance") ? 1 : 0;
            boolean isTrainable = name.equals("gamma") || name.equals("beta");
            variables.add(SavedVariable.build(tf, name, Shape.of(1), isTrainable, () -> new float[] {value}));
        }
        var values = variables.stream().map(each -> each.variable().value()).toList();
        return tf.nn.fusedBatchNorm(
                        images,
                        values.get(0),
                        values.get(1),
                        values.get(2),
                        values.get(3),
                        FusedBatchNorm.isTraining(false))
                .y();
    }
}
