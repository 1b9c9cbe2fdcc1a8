package sckd.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import sckd.autodiff.Gradient;
import sckd.distillation.CrossEntropy;
import sckd.graph.SessionRuns;
import sckd.graph.Variable;
import sckd.graph.VariableBundle;
import sckd.savedmodel.ClassifierModel;
import sckd.savedmodel.ModelInstance;
import sckd.savedmodel.ModelVariables;
import sckd.savedmodel.StudentExport;

/**
 * Trains models on the batches that {@code src/test/python/fine_tune.py} wrote, with the optimizer of that, and exports them beside.
 *
 * <p>usage: {@code FineTune DIRECTORY [NAME...]}: reads {@code NAME/original} and {@code NAME/batches.bin}, writes {@code NAME/trained}, which must
 * not be there, and prints a line for each model with its last loss. All models of the directory where none is named. A fault ends it with 1.
 */
public final class FineTune {
    private FineTune() {}

    /** As the class says. */
    public static void main(String... arguments) throws IOException {
        var directory = Path.of(arguments[0]);
        for (var name : names(directory, List.of(arguments).subList(1, arguments.length))) {
            System.out.println(name + ": " + run(directory.resolve(name)));
        }
    }

    private static List<String> names(Path directory, List<String> given) throws IOException {
        if (!given.isEmpty()) {
            return given;
        }
        try (var children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /** Trains and exports one model; the answer says how it went. */
    static String run(Path place) throws IOException {
        var model = ClassifierModel.read(place.resolve("original"));
        var bundle = Files.createTempDirectory("fine-tune").resolve("variables");
        try (var graph = new Graph();
                var session = new Session(graph);
                var file = FileChannel.open(place.resolve("batches.bin"))) {
            var batches = Batches.open(file);
            var step = Step.build(Ops.create(graph), model, batches);
            SessionRuns.run(session, step.initialize);
            float loss = Float.NaN;
            for (int i = 0; i < batches.steps; i++) {
                loss = step.run(session, batches);
            }
            step.bundle.save(session, bundle);
            StudentExport.write(model, bundle, "student", place.resolve("trained"));
            var training = model.training().program().map(program -> "by its own " + program.origin());
            return "%d steps %s, loss %.4f"
                    .formatted(batches.steps, training.orElse("of the inference graph in training mode"), loss);
        }
    }

    /** The file, read as far as the batches that were taken. */
    private record Batches(
            FileChannel file, int steps, int size, Shape image, int classes, float learningRate, float momentum) {
        static Batches open(FileChannel file) throws IOException {
            var header = read(file, 8 * Integer.BYTES);
            return new Batches(
                    file,
                    header.getInt(),
                    header.getInt(),
                    Shape.of(header.getInt(), header.getInt(), header.getInt()),
                    header.getInt(),
                    header.getFloat(),
                    header.getFloat());
        }

        private static ByteBuffer read(FileChannel file, int bytes) throws IOException {
            var buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.hasRemaining() && file.read(buffer) >= 0) {}
            return buffer.flip();
        }

        TFloat32 images() throws IOException {
            var values = new float[Math.toIntExact(size * image.size())];
            read(file, values.length * Float.BYTES).asFloatBuffer().get(values);
            return TFloat32.tensorOf(image.prepend(size), DataBuffers.of(values));
        }

        TInt32 labels() throws IOException {
            var values = new int[size];
            read(file, size * Integer.BYTES).asIntBuffer().get(values);
            return TInt32.vectorOf(values);
        }
    }

    private record Step(
            Operand<TFloat32> images,
            Operand<TInt32> labels,
            Operand<TFloat32> loss,
            List<Op> updates,
            List<Op> initialize,
            VariableBundle bundle) {
        static Step build(Ops tf, ClassifierModel model, Batches batches) {
            var images = tf.placeholder(TFloat32.class, Placeholder.shape(batches.image.prepend(-1)));
            var labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
            var variables = ModelVariables.build(tf, "student", model);
            var student = ModelInstance.buildTraining(tf, "student", model, variables, images, List.of());
            var loss = CrossEntropy.build(tf.withSubScope("loss"), student.logits(), labels);
            var values = variables.trainable().stream().map(Variable::value).toList();
            var gradients = Gradient.build(tf.withSubScope("gradient"), loss, new ArrayList<>(values))
                    .buildDense(tf, new ArrayList<>(values));
            var optimizer = new Sgd(batches.learningRate, batches.momentum, false, new WeightDecay(0, false))
                    .build(
                            tf.withSubScope("optimizer"),
                            "optimizer",
                            variables.trainable(),
                            gradients,
                            tf.constant(batches.learningRate));
            var updates = new ArrayList<>(optimizer.updates());
            updates.addAll(student.updates());
            var initialize = new ArrayList<>(optimizer.initialize());
            initialize.add(variables.restore());
            var floats = List.copyOf(variables.byHandle().values());
            var bundle = VariableBundle.build(
                    tf, floats, List.copyOf(variables.states().values()));
            return new Step(images, labels, loss, updates, initialize, bundle);
        }

        float run(Session session, Batches batches) throws IOException {
            try (var fedImages = batches.images();
                    var fedLabels = batches.labels()) {
                var runner = session.runner()
                        .feed(images, fedImages)
                        .feed(labels, fedLabels)
                        .fetch(loss);
                updates.forEach(runner::addTarget);
                try (var result = runner.run()) {
                    return ((TFloat32) result.get(0)).getFloat();
                }
            }
        }
    }
}
