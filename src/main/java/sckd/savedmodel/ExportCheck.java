package sckd.savedmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import sckd.graph.TensorFlowReason;
import sckd.graph.VariableBundle;

/**
 * Compares a model as written, loaded as anybody would, with the program that was trained: its signature's outputs (logits,
 * probabilities, class ids, whatever it has) on a few random images.
 */
final class ExportCheck {
    /**
     * Of the runs that are compared: on what devices there are, and without the fusions that {@link LayerNorms} keeps from the trained program and that
     * would be in the written one; then both run the same kernels.
     */
    static final ConfigProto AS_WRITTEN = ConfigProto.newBuilder()
            .setAllowSoftPlacement(true)
            .setGraphOptions(GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setRemapping(RewriterConfig.Toggle.OFF)))
            .build();

    private ExportCheck() {}

    /**
     * Checks the model in a directory against the variables that a bundle holds under {@code prefix/handle}.
     *
     * @throws IllegalStateException if an output differs; names it and by how much
     * @throws sckd.UserException if TensorFlow's loader does not take it, which the model as it came is to blame for
     */
    static void check(Path directory, ClassifierModel model, Path checkpoint, String prefix) {
        try (var probe = runProbe(model.input(), probeShape(directory, model))) {
            var images = probe.get(0);
            var trained = runTrained(model, checkpoint, prefix, images);
            var names = List.copyOf(trained.keySet());
            var written = load(
                    model.directory(),
                    () -> !ComparedOutputs.of(model).areWritten() || RandomSignature.isOne(directory, model.settings())
                            ? RandomSignature.runAsRead(directory, model.settings(), images)
                            : WrittenModel.run(directory, model, names, images));
            double tolerance = Precision.of(model.graph());
            trained.forEach((name, expected) -> checkClose(directory, name, written.get(name), expected, tolerance));
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

    /** The program as written takes what its signature states, whatever ours was rewritten to. */
    private static Shape probeShape(Path directory, ClassifierModel model) {
        var file = SavedModelFile.read(directory, model.settings().tags());
        var signature = SignatureChoice.choose(file, model.settings());
        var shape = ProbeShape.find(model);
        var inputs = new ArrayList<>(signature.inputs().values());
        inputs.sort(Comparator.comparing(
                input -> !input.name().node().equals(model.input().node()))); // the images first
        return Stream.of(inputs.subList(0, 1), signature.outputs().values(), inputs)
                .flatMap(Collection::stream)
                .map(Signature.Tensor::shape)
                .filter(BatchSize::isFixed)
                .map(stated -> stated.get(0))
                .filter(size -> size > 0)
                .findFirst()
                .map(size -> shape.tail().prepend(size))
                .orElse(shape);
    }

    /** Images as the model takes them, of its type. */
    private static Result runProbe(ModelInput input, Shape shape) {
        var values = new float[Math.toIntExact(shape.size())];
        var random = new Random(1); // normalised images are about standard normal
        for (int i = 0; i < values.length; i++) {
            values[i] = input.takesPixels() ? random.nextInt(256) : (float) random.nextGaussian();
        }
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var images = ModelProgram.buildCast(tf, tf.constant(shape, DataBuffers.of(values)), input.dtype());
            return session.runner().fetch(images).run();
        }
    }

    private static Map<String, List<?>> runTrained(
            ClassifierModel model, Path checkpoint, String prefix, Tensor images) {
        try (var graph = new Graph();
                var session = new Session(graph, AS_WRITTEN)) {
            var tf = Ops.create(graph);
            var fed = ModelProgram.buildPlaceholder(tf, model.input().dtype(), images.shape());
            var variables = ModelVariables.build(tf, prefix, model);
            var program = ModelProgram.ofInput(tf, prefix, model, fed);
            program.useVariables(variables);
            if (!variables.byHandle().isEmpty()) { // a bundle holds one tensor at least
                VariableBundle.build(tf, List.copyOf(variables.byHandle().values()))
                        .restore(session, checkpoint);
            }
            return ComparedOutputs.of(model).run(session.runner().feed(fed, images), program);
        }
    }

    /** Fractions within the tolerance; whole numbers and truths are to be the same. */
    private static void checkClose(Path directory, String output, List<?> actual, List<?> expected, double tolerance) {
        double largest = 0;
        double difference = actual.size() == expected.size() ? 0 : Double.NaN;
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            if (expected.get(i) instanceof Float || expected.get(i) instanceof Double) {
                double value = ((Number) expected.get(i)).doubleValue();
                largest = Math.max(largest, Math.abs(value));
                difference = Math.max(difference, Math.abs(((Number) actual.get(i)).doubleValue() - value));
            } else if (!actual.get(i).equals(expected.get(i))) {
                throw new IllegalStateException(
                        "%s: output '%s' of the model as written has %s in the place of %s; expected what the training computes"
                                .formatted(directory, output, actual.get(i), expected.get(i)));
            }
        }
        if (!(difference <= tolerance * largest)) { // so that a NaN fails
            throw new IllegalStateException(
                    "%s: output '%s' of the model as written is off by %s, of at most %s; expected what the training computes"
                            .formatted(directory, output, difference, largest));
        }
    }
}
