package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.UserException;

/** Makes variables of a model's constant weights, so that it can be trained. */
final class TrainableConstants {

    private TrainableConstants() {}

    /**
     * Rewrites the model in a directory, which nobody else may be using: its program, its checkpoint.
     *
     * @param stated how it is read
     * @return what was done, a sentence each
     * @throws UserException if the model has trainable variables already, no weights are found, or its functions are used in a way that cannot be
     *     followed
     * @throws IllegalStateException if the model computes something else afterwards
     */
    static List<String> rewrite(Path directory, ModelSettings stated) throws IOException {
        var model = ClassifierModel.read(directory, stated);
        if (model.trainableParameters() > 0) {
            throw new UserException(
                    "%s: has %d trainable parameters in variables already; --trainable-constants is for models without"
                            .formatted(directory, model.trainableParameters()));
        }
        var expected = compute(model);
        var program = WeightProgram.of(
                SavedModelFile.read(directory, model.settings().tags()), model.settings(), Checkpoint.find(directory));
        program.write(directory);
        var rewritten = ClassifierModel.read(directory, stated);
        checkSame(rewritten, compute(rewritten), expected);
        var trainable =
                rewritten.variables().stream().filter(ModelVariable::trainable).count();
        return List.of("%d constants have become variables, of which %d with %,d numbers are trainable."
                .formatted(program.variables().size(), trainable, rewritten.trainableParameters()));
    }

    /** The logits of some images. */
    private static float[] compute(ClassifierModel model) {
        var shape = ProbeShape.find(model);
        var pixels = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i * 7919L % 255;
        }
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = tf.constant(shape, DataBuffers.of(pixels));
            var logits = ModelInstance.buildFrozen(tf, "model", model, images, List.of())
                    .logits();
            try (var result = session.runner().fetch(logits).run()) {
                var tensor = (TFloat32) result.get(0);
                var values = new float[Math.toIntExact(tensor.size())];
                tensor.asRawTensor().data().asFloats().read(values);
                return values;
            }
        }
    }

    private static void checkSame(ClassifierModel model, float[] actual, float[] expected) {
        double largest = 0;
        double difference = actual.length == expected.length ? 0 : Double.NaN;
        for (int i = 0; i < Math.min(actual.length, expected.length); i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
        }
        if (!(difference <= Precision.of(model.graph()) * largest)) { // so that a NaN fails
            throw new IllegalStateException("%s: its logits with variables are off by %s, of at most %s"
                    .formatted(model.directory(), difference, largest));
        }
    }
}
