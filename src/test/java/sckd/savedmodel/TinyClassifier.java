package sckd.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;

/** The smallest whole classifier: images {@code [?, 2, 2, 3]} times a constant matrix, without variables. */
final class TinyClassifier {
    private TinyClassifier() {}

    /** Writes its SavedModel. */
    static Path write(Path directory, int classes) throws IOException {
        Files.createDirectories(directory);
        Files.write(directory.resolve("saved_model.pb"), program(classes));
        Files.writeString(Files.createDirectories(directory.resolve("assets")).resolve("about.txt"), "tiny");
        return directory;
    }

    static byte[] program(int classes) {
        var signature = SignatureDef.newBuilder()
                .setMethodName("tensorflow/serving/predict")
                .putInputs("images", tensor("images", Shape.of(-1, 2, 2, 3)))
                .putOutputs("logits", tensor("logits", Shape.of(-1, classes)));
        var metaGraph = MetaGraphDef.newBuilder()
                .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
                .setGraphDef(graph(classes))
                .putSignatureDef("serving_default", signature.build());
        return SavedModel.newBuilder()
                .setSavedModelSchemaVersion(1)
                .addMetaGraphs(metaGraph)
                .build()
                .toByteArray();
    }

    private static GraphDef graph(int classes) {
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var images = tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 2, 3)));
            var flat = tf.reshape(images, tf.constant(new int[] {-1, 12}));
            tf.withName("logits").linalg.matMul(flat, tf.constant(new float[12][classes]));
            return graph.toGraphDef();
        }
    }

    private static TensorInfo tensor(String name, Shape shape) {
        return TensorInfo.newBuilder()
                .setName(name + ":0")
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(Shapes.toProto(shape))
                .build();
    }
}
