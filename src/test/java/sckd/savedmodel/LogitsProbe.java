package sckd.savedmodel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Writes random images and the logits that our own instance of a model gives them, for {@code src/test/python/check_export.py}: arguments MODEL
 * IMAGES LOGITS.
 */
public final class LogitsProbe {
    private static final Shape SHAPE = Shape.of(16, 32, 32, 3);

    private LogitsProbe() {}

    public static void main(String[] arguments) throws IOException {
        var images = new float[(int) SHAPE.size()];
        var random = new Random(5);
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        write(Path.of(arguments[1]), images);
        write(Path.of(arguments[2]), logits(ClassifierModel.read(Path.of(arguments[0])), images));
    }

    private static float[] logits(ClassifierModel model, float[] images) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var fed = tf.placeholder(TFloat32.class, Placeholder.shape(SHAPE));
            var variables = ModelVariables.build(tf, "model", model);
            var instance = ModelInstance.buildInference(tf, "model", model, variables, fed, List.of());
            try (var session = new Session(graph);
                    var tensor = TFloat32.tensorOf(SHAPE, DataBuffers.of(images));
                    var restored =
                            session.runner().addTarget(variables.restore()).run();
                    var result = session.runner()
                            .feed(fed, tensor)
                            .fetch(instance.logits())
                            .run()) {
                var logits = (TFloat32) result.get(0);
                var values = new float[(int) logits.size()];
                logits.asRawTensor().data().asFloats().read(values);
                return values;
            }
        }
    }

    private static void write(Path file, float[] values) throws IOException {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }
}
