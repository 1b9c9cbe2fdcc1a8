package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import sckd.graph.TensorFlowReason;
import sckd.graph.VariableBundle;

/**
 * Compares a model as written, loaded as anybody would, with the program that was trained: its signature's float outputs (logits or
 * probabilities, whatever it has) on a few random images.
 */
final class ExportCheck {
    /** Of the largest value: both programs run the same kernels, but TensorFlow may order or fuse them differently. */
    private static final double TOLERANCE = 1e-5;

    private static final int BATCH = 4;
    /** For a size that the signature leaves open. */
    private static final int ANY_SIZE = 32;

    private ExportCheck() {}

    /**
     * Checks the model in a directory against the variables that a bundle holds under {@code prefix/handle}.
     *
     * @throws IllegalStateException if an output differs; names it and by how much
     * @throws sckd.UserException if TensorFlow's loader does not take it, which the model as it came is to blame for
     */
    static void check(Path directory, ClassifierModel model, Path checkpoint, String prefix) {
        try (var images = probe(model.input())) {
            var trained = runTrained(model, checkpoint, prefix, images);
            var written = load(
                    model.directory(),
                    () -> runWritten(directory, model.input(), List.copyOf(trained.keySet()), images));
            trained.forEach((name, expected) -> checkClose(directory, name, written.get(name), expected));
        }
    }

    /** What we do not use of a model, its loader may stumble over: a broken restore, a node that nothing needs. */
    private static <T> T load(Path model, Supplier<T> run) {
        try {
            return run.get();
        } catch (RuntimeException e) {
            throw TensorFlowReason.explain(model + ": TensorFlow's own loader does not take this model, as it came", e);
        }
    }

    private static TFloat32 probe(ModelInput input) {
        var sizes = input.shape().asArray().clone();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = sizes[i] >= 0 ? sizes[i] : i == 0 ? BATCH : ANY_SIZE;
        }
        var shape = Shape.of(sizes);
        var values = new float[Math.toIntExact(shape.size())];
        var random = new Random(1); // normalised images are about standard normal
        for (int i = 0; i < values.length; i++) {
            values[i] = input.takesPixels() ? random.nextInt(256) : (float) random.nextGaussian();
        }
        return TFloat32.tensorOf(shape, DataBuffers.of(values));
    }

    private static TUint8 pixels(TFloat32 images) {
        var values = new byte[Math.toIntExact(images.size())];
        var floats = images.asRawTensor().data().asFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (int) floats.getFloat(i);
        }
        return TUint8.tensorOf(images.shape(), DataBuffers.of(values));
    }

    private static Map<String, float[]> runTrained(
            ClassifierModel model, Path checkpoint, String prefix, TFloat32 images) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(images.shape()));
            var variables = ModelVariables.build(tf, prefix, model);
            var program = ModelProgram.build(tf, prefix, model, fed);
            program.useVariables(variables);
            var runner = session.runner().feed(fed, images);
            var names = ImmutableMap.<String, Integer>builder();
            int fetched = 0;
            for (var output : model.outputs().entrySet()) {
                var tensor = program.build(output.getValue());
                if (tensor.dataType() == DataType.DT_FLOAT) {
                    runner.fetch(tensor);
                    names.put(output.getKey(), fetched++);
                }
            }
            VariableBundle.build(tf, List.copyOf(variables.byHandle().values())).restore(session, checkpoint);
            try (var result = runner.run()) {
                return floats(names.buildOrThrow(), result);
            }
        }
    }

    private static Map<String, float[]> runWritten(
            Path directory, ModelInput input, List<String> outputs, TFloat32 images) {
        var signature = SignatureChoice.choose(SavedModelFile.read(directory));
        try (var bundle = SavedModelBundle.load(directory.toString(), "serve");
                var fed = input.takesPixels() ? pixels(images) : null) {
            var runner = bundle.session().runner().feed(input.node(), fed == null ? images : fed);
            var names = ImmutableMap.<String, Integer>builder();
            for (var output : outputs) {
                runner.fetch(signature.outputs().get(output).name().toString());
                names.put(output, outputs.indexOf(output));
            }
            try (var result = runner.run()) {
                return floats(names.buildOrThrow(), result);
            }
        }
    }

    private static Map<String, float[]> floats(Map<String, Integer> names, Result result) {
        var values = ImmutableMap.<String, float[]>builder();
        names.forEach((name, index) -> {
            var tensor = (TFloat32) result.get(index);
            var copy = new float[Math.toIntExact(tensor.size())];
            tensor.asRawTensor().data().asFloats().read(copy);
            values.put(name, copy);
        });
        return values.buildOrThrow();
    }

    private static void checkClose(Path directory, String output, float[] actual, float[] expected) {
        double largest = 0;
        double difference = actual.length == expected.length ? 0 : Double.NaN;
        for (int i = 0; i < Math.min(actual.length, expected.length); i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
        }
        if (!(difference <= TOLERANCE * largest)) { // so that a NaN fails
            throw new IllegalStateException(
                    "%s: output '%s' of the model as written is off by %s, of at most %s; expected what the training computes"
                            .formatted(directory, output, difference, largest));
        }
    }
}
