package sckd.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import sckd.data.Normalization;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.GraphSignature;
import sckd.savedmodel.ModelCard;
import sckd.savedmodel.SavedModelWriter;
import sckd.savedmodel.SavedVariable;

/** A linear classifier of the images of {@link SmallTask}, with a layer that depends on the batch: logits less their mean over it. */
final class BatchMinded {
    static final String CENTRED = "centred";

    private static final int INPUTS = 8 * 8 * 3;

    private BatchMinded() {}

    static NamedModel write(String name, Path directory) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            Operand<TFloat32> images =
                    tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 8, 8, 3)));
            var kernel =
                    SavedVariable.build(tf, "kernel", Shape.of(INPUTS, SmallTask.CLASSES), true, BatchMinded::kernel);
            var flat = tf.reshape(images, tf.constant(new int[] {-1, INPUTS}));
            var logits = tf.linalg.matMul(flat, kernel.variable().value());
            var mean = tf.math.mean(logits, tf.constant(0), Mean.keepDims(true));
            var centred = tf.math.sub(logits, mean);
            Map<String, Operand<?>> inputs = Map.of("images", images);
            var signatures = Map.of(
                    "serving_default",
                    new GraphSignature(inputs, Map.of("logits", logits)),
                    "features",
                    new GraphSignature(inputs, Map.of(CENTRED, centred)));
            SavedModelWriter.write(
                    new SavedModelWriter.Source(graph, List.of(kernel), signatures, ModelCard.EMPTY), directory);
        }
        return new NamedModel(name, ClassifierModel.read(directory), new Normalization(List.of(.5f), List.of(.25f)));
    }

    private static float[] kernel() {
        var random = new Random(7);
        var values = new float[INPUTS * SmallTask.CLASSES];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - .5f;
        }
        return values;
    }
}
